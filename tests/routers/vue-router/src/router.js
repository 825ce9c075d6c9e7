import { nextTick } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';

import Home from './pages/Home.vue';
import Login from './pages/Login.vue';
import Product from './pages/Product.vue';
import Products from './pages/Products.vue';
import { recordVisit } from './visited.js';

/** Nobody ever logs in here. */
const user = null;

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home, meta: { title: 'Home' } },
    { path: '/products', component: Products, meta: { title: 'Products' } },
    { path: '/products/:id', component: Product, meta: { title: ({ id }) => `Product ${id}` } },
    { path: '/old', redirect: '/products' },
    { path: '/account', component: Home, meta: { title: 'Account', needsUser: true } },
    { path: '/login', component: Login, meta: { title: 'Login' } },
    { path: '/slow', component: () => import('./pages/Slow.vue'), meta: { title: 'Slow' } },
  ],
});

router.beforeEach((to) => {
  if (to.meta.needsUser && !user) return '/login';
});

router.afterEach(async (to, from, failure) => {
  if (failure) return;
  const { title } = to.meta;
  // Many apps wait for the page, so that the entry in the history that is left keeps its own title.
  await nextTick();
  document.title = typeof title === 'function' ? title(to.params) : title;
  recordVisit();
});
