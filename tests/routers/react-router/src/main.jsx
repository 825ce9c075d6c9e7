import './analytics.js';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, redirect } from 'react-router';
import { RouterProvider } from 'react-router/dom';

import { Layout } from './layout.jsx';
import { Account, Home, Login, Product, Products } from './pages.jsx';

const router = createBrowserRouter([
  {
    Component: Layout,
    children: [
      { path: '/', Component: Home },
      { path: '/products', Component: Products },
      { path: '/products/:id', Component: Product },
      { path: '/old', loader: () => redirect('/products') },
      { path: '/account', Component: Account },
      { path: '/login', Component: Login },
      { path: '/slow', lazy: () => import('./slow.jsx') },
    ],
  },
]);

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
