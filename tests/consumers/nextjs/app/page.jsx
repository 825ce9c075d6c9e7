import { Shop } from './shop.jsx';

/** A server component. What it reads of the request has it rendered anew for each. */
export default async function Page({ searchParams }) {
  const { token, api_host } = await searchParams;
  return <Shop token={token} host={api_host} />;
}
