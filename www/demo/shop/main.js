// @ts-check
import { startAnalytics, watchOffer } from './analytics.js';
import { showArrival } from './arrival.js';
import { drawFooter } from './footer.js';
import { drawHeader } from './header.js';
import { offerIn } from './offer.js';
import { accountPage } from './pages/account.js';
import { cartPage } from './pages/cart.js';
import { checkoutPage } from './pages/checkout.js';
import { homePage } from './pages/home.js';
import { loginPage } from './pages/login.js';
import { missingPage } from './pages/missing.js';
import { productPage } from './pages/product.js';
import { productsPage } from './pages/products.js';
import { startRouter } from './router.js';

const arrival = showArrival();
drawHeader(part('header'));
drawFooter(part('footer'), arrival.note);
startAnalytics(arrival.loaded);
watchOffer(offerIn(part('offer')));
startRouter(part('page'), {
  '/': homePage,
  '/products': productsPage,
  '/product/:slug': productPage,
  '/cart': cartPage,
  '/login': loginPage,
  '/account': accountPage,
  '/checkout': checkoutPage,
  '*': missingPage,
});

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element with the id ${id}`);
  return found;
}
