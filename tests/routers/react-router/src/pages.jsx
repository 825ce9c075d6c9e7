import { Link, Navigate, useParams, useSearchParams } from 'react-router';

import { Page } from './page.jsx';

/** Nobody ever logs in here. */
const user = null;

export function Home() {
  return (
    <Page title="Home">
      <h1>Home</h1>
    </Page>
  );
}

export function Products() {
  const [search] = useSearchParams();
  return (
    <Page title="Products">
      <h1>Products by {search.get('sort') ?? 'name'}</h1>
      <Link id="sort" to="?sort=price">By price</Link>{' '}
      <Link id="to-reviews" to="#reviews">Reviews</Link>
      <ul>
        <li>
          <Link id="product-1" to="/products/1">Product 1</Link>
        </li>
      </ul>
      <h2 id="reviews">Reviews</h2>
    </Page>
  );
}

export function Product() {
  const { id } = useParams();
  return (
    <Page title={`Product ${id}`}>
      <h1>Product {id}</h1>
    </Page>
  );
}

export function Account() {
  if (!user) return <Navigate to="/login" replace />;
  return <Page title="Account" />;
}

export function Login() {
  return (
    <Page title="Login">
      <h1>Login</h1>
    </Page>
  );
}
