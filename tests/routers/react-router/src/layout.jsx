import { Link, Outlet, useNavigate } from 'react-router';

export function Layout() {
  const navigate = useNavigate();

  function detour() {
    navigate('/login');
    navigate('/products/1', { replace: true });
  }

  return (
    <>
      <nav>
        <Link id="home" to="/">Home</Link>{' '}
        <Link id="products" to="/products">Products</Link>{' '}
        <Link id="trailing" to="/products/">Products/</Link>{' '}
        <Link id="old" to="/old">Old</Link>{' '}
        <Link id="account" to="/account">Account</Link>{' '}
        <Link id="login" to="/login">Login</Link>{' '}
        <Link id="slow" to="/slow">Slow</Link>{' '}
        <button id="detour" onClick={detour}>Detour</button>
      </nav>
      <Outlet />
    </>
  );
}
