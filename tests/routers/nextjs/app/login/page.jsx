import { Main } from '../main.jsx';

export const metadata = { title: 'Login' };

export default function Login() {
  return (
    <Main>
      <h1>Login</h1>
    </Main>
  );
}
