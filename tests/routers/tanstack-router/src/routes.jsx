import { createRootRoute, createRoute, redirect } from '@tanstack/react-router';

import { Layout } from './layout.jsx';
import { Home, Login, Product, Products, Slow } from './pages.jsx';

/** Nobody ever logs in here. */
const user = null;

const titled = (title) => ({ meta: [{ title }] });

const root = createRootRoute({ component: Layout });

const route = (path, options) => createRoute({ getParentRoute: () => root, path, ...options });

export const routeTree = root.addChildren([
  route('/', { head: () => titled('Home'), component: Home }),
  route('/products', {
    validateSearch: ({ sort }) => (sort ? { sort } : {}),
    head: () => titled('Products'),
    component: Products,
  }),
  route('/products/$id', { head: ({ params }) => titled(`Product ${params.id}`), component: Product }),
  route('/old', {
    beforeLoad: () => {
      throw redirect({ to: '/products' });
    },
  }),
  route('/account', {
    beforeLoad: () => {
      if (!user) throw redirect({ to: '/login' });
    },
    head: () => titled('Account'),
  }),
  route('/login', { head: () => titled('Login'), component: Login }),
  route('/slow', {
    // A server that takes its time.
    loader: () => new Promise((answer) => setTimeout(answer, 400, ['Good', 'Bad'])),
    head: () => titled('Slow'),
    component: Slow,
  }),
]);
