import { useEffect } from 'react';

import { recordVisit } from './visited.js';

export function Page({ title, children }) {
  useEffect(recordVisit, []);
  return (
    <main>
      <title>{title}</title>
      {children}
    </main>
  );
}
