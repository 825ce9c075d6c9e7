'use client';

import { useEffect } from 'react';

import { addToCart, checkOut, start } from '../analytics.js';

/** Rendered on the server first, where its import of hoglet does nothing. */
export function Shop({ token, host }) {
  useEffect(() => start(token, host), [token, host]);
  return (
    <>
      <button id="add" onClick={addToCart}>Add to cart</button>
      <button id="check-out" onClick={() => checkOut(token, host)}>Check out</button>
    </>
  );
}
