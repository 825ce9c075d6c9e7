import { Link, useLoaderData, useParams, useSearch } from '@tanstack/react-router';

export function Home() {
  return (
    <main>
      <h1>Home</h1>
    </main>
  );
}

export function Products() {
  const { sort } = useSearch({ from: '/products' });
  return (
    <main>
      <h1>Products by {sort ?? 'name'}</h1>
      <Link id="sort" from="/products" search={{ sort: 'price' }}>By price</Link>{' '}
      <Link id="to-reviews" from="/products" hash="reviews">Reviews</Link>
      <ul>
        <li>
          <Link id="product-1" to="/products/$id" params={{ id: '1' }}>Product 1</Link>
        </li>
      </ul>
      <h2 id="reviews">Reviews</h2>
    </main>
  );
}

export function Product() {
  const { id } = useParams({ from: '/products/$id' });
  return (
    <main>
      <h1>Product {id}</h1>
    </main>
  );
}

export function Login() {
  return (
    <main>
      <h1>Login</h1>
    </main>
  );
}

export function Slow() {
  const opinions = useLoaderData({ from: '/slow' });
  return (
    <main>
      <h1>Slow</h1>
      <p>{opinions.join(', ')}</p>
    </main>
  );
}
