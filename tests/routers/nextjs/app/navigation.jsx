'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';

export function Navigation() {
  const router = useRouter();

  function detour() {
    router.push('/login');
    router.replace('/products/1');
  }

  return (
    <nav>
      <Link id="home" href="/">Home</Link>{' '}
      <Link id="products" href="/products">Products</Link>{' '}
      <Link id="trailing" href="/products/">Products/</Link>{' '}
      <Link id="old" href="/old">Old</Link>{' '}
      <Link id="account" href="/account">Account</Link>{' '}
      <Link id="login" href="/login">Login</Link>{' '}
      <Link id="slow" href="/slow">Slow</Link>{' '}
      <button id="detour" onClick={detour}>Detour</button>
    </nav>
  );
}
