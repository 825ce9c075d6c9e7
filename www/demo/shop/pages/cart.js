// @ts-check
import { drawing, element } from '../../dom.js';
import { addedToCart, removedFromCart } from '../analytics.js';
import { cart } from '../cart.js';
import { money } from '../money.js';
import { redraw } from '../router.js';

/** @returns {import('../router.js').Page} */
export function cartPage() {
  return {
    title: 'Cart',
    content: element(
      'div',
      { class: 'wide narrow' },
      element('h1', {}, 'Cart'),
      cart.size === 0
        ? element(
            'p',
            { class: 'nothing' },
            'Still empty. ',
            element('a', { href: '/products' }, 'See all the goods'),
          )
        : [
            element('ul', { class: 'lines' }, cart.lines.map(line)),
            element('p', { class: 'total' }, element('span', {}, 'Together'), element('strong', {}, money(cart.total))),
            element('a', { href: '/checkout', class: 'button', id: 'to-checkout' }, 'To the checkout'),
          ],
    ),
  };
}

/** @param {typeof cart.lines[number]} line */
function line({ product, quantity }) {
  const change = (/** @type {'add' | 'remove'} */ how, /** @type {string} */ label, /** @type {string} */ sign) => {
    const act = () => {
      cart[how](product.slug);
      (how === 'add' ? addedToCart : removedFromCart)(product, cart.size);
      redraw();
    };
    const key = `${how} ${product.slug}`;
    return element('button', { type: 'button', 'aria-label': label, 'data-key': key, onclick: act }, sign);
  };
  return element(
    'li',
    { class: product.category },
    element('div', { class: 'stage' }, drawing('products', product.slug)),
    element('a', { href: `/product/${product.slug}` }, product.name),
    element(
      'div',
      { class: 'quantity', role: 'group', 'aria-label': `How many of ${product.name}` },
      change('remove', 'One less', '−'),
      element('span', {}, quantity),
      change('add', 'One more', '+'),
    ),
    element('span', { class: 'price' }, money(quantity * product.price)),
  );
}
