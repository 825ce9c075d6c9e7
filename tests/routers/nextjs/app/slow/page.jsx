import { Suspense } from 'react';

import { Main } from '../main.jsx';
import { Opinions } from './opinions.jsx';

export const metadata = { title: 'Slow' };

export default function Slow() {
  return (
    <Main>
      <h1>Slow</h1>
      <Suspense>
        <Opinions />
      </Suspense>
    </Main>
  );
}
