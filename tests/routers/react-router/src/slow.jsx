import { useLoaderData } from 'react-router';

import { Page } from './page.jsx';

export function loader() {
  // A server that takes its time.
  return new Promise((answer) => setTimeout(answer, 400, ['Good', 'Bad']));
}

export function Component() {
  const opinions = useLoaderData();
  return (
    <Page title="Slow">
      <h1>Slow</h1>
      <p>{opinions.join(', ')}</p>
    </Page>
  );
}
