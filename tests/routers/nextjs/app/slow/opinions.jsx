'use client';

import dynamic from 'next/dynamic';

// A server that takes its time.
export const Opinions = dynamic(
  () => new Promise((answer) => setTimeout(answer, 400, () => <p>Good, Bad</p>)),
  { ssr: false },
);
