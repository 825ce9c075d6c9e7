'use client';

import { useEffect } from 'react';

import { recordVisit } from './visited.js';

export function Main({ children }) {
  useEffect(recordVisit, []);
  return <main>{children}</main>;
}
