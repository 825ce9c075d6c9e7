'use client';

import { useSearchParams } from 'next/navigation';

export function Sorting() {
  return useSearchParams().get('sort') ?? 'name';
}
