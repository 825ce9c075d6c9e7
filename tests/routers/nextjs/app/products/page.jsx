import Link from 'next/link';
import { Suspense } from 'react';

import { Main } from '../main.jsx';
import { Sorting } from './sorting.jsx';

export const metadata = { title: 'Products' };

export default function Products() {
  return (
    <Main>
      <h1>
        Products by{' '}
        <Suspense>
          <Sorting />
        </Suspense>
      </h1>
      <Link id="sort" href="?sort=price">By price</Link>{' '}
      <Link id="to-reviews" href="#reviews">Reviews</Link>
      <ul>
        <li>
          <Link id="product-1" href="/products/1">Product 1</Link>
        </li>
      </ul>
      <h2 id="reviews">Reviews</h2>
    </Main>
  );
}
