// @ts-check
import { drawing, element } from '../dom.js';
import { cart } from './cart.js';
import { session } from './visitor.js';

/** @param {HTMLElement} header */
export function drawHeader(header) {
  const goods = element('a', { href: '/products' }, 'Goods');
  const account = element('a', {});
  const count = element('span', { class: 'count' });
  const basket = element('a', { href: '/cart', class: 'basket' }, 'Cart', count);

  const refresh = () => {
    const { visitor } = session;
    account.setAttribute('href', visitor ? '/account' : '/login');
    account.textContent = visitor ? visitor.name || visitor.email : 'Log in';
    count.textContent = String(cart.size);
    basket.setAttribute('aria-label', `Cart, ${cart.size} ${cart.size === 1 ? 'piece' : 'pieces'}`);
    basket.classList.toggle('filled', cart.size > 0);
    for (const link of [goods, account, basket]) {
      if (link.getAttribute('href') === location.pathname) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  };

  header.append(
    element(
      'div',
      { class: 'wide' },
      element('a', { href: '/', class: 'brand' }, drawing('hedgehog', 'mark'), element('span', {}, 'Underhedge')),
      element('nav', { 'aria-label': 'Shop' }, goods, account, basket),
    ),
  );
  cart.addEventListener('change', refresh);
  session.addEventListener('change', refresh);
  document.addEventListener('routechange', refresh);
  // Another tab has changed the cart or logged in.
  addEventListener('storage', refresh);
  refresh();
}
