import { Main } from './main.jsx';

export const metadata = { title: 'Home' };

export default function Home() {
  return (
    <Main>
      <h1>Home</h1>
    </Main>
  );
}
