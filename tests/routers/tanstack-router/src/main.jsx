import './analytics.js';

import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { routeTree } from './routes.jsx';
import { recordVisit } from './visited.js';

const router = createRouter({ routeTree });
router.subscribe('onRendered', recordVisit);

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
