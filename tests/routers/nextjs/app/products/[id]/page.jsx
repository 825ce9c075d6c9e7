import { Main } from '../../main.jsx';

export function generateStaticParams() {
  return [{ id: '1' }];
}

export async function generateMetadata({ params }) {
  const { id } = await params;
  return { title: `Product ${id}` };
}

export default async function Product({ params }) {
  const { id } = await params;
  return (
    <Main>
      <h1>Product {id}</h1>
    </Main>
  );
}
