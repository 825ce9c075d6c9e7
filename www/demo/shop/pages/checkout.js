// @ts-check
import { element } from '../../dom.js';
import { orderPlaced } from '../analytics.js';
import { cart } from '../cart.js';
import { money } from '../money.js';
import { deliveries, placeOrder } from '../orders.js';
import { navigate, Redirect } from '../router.js';
import { session } from '../visitor.js';

/** @typedef {keyof typeof deliveries} Delivery */

/** @returns {import('../router.js').Page | Redirect} */
export function checkoutPage() {
  if (cart.size === 0) return new Redirect('/cart');
  const { visitor } = session;
  if (!visitor) return new Redirect('/login?next=/checkout');
  const order = (/** @type {SubmitEvent} */ submit) => {
    submit.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (submit.target));
    const delivery = /** @type {Delivery} */ (form.get('delivery'));
    const placed = placeOrder({
      email: visitor.email,
      delivery,
      total: cart.total + deliveries[delivery].price,
      lines: cart.lines.map(({ product, quantity }) => ({ slug: product.slug, quantity })),
    });
    cart.empty();
    orderPlaced(placed);
    navigate(`/account?placed=${placed.id}`);
  };
  return {
    title: 'Checkout',
    content: element(
      'div',
      { class: 'wide narrow' },
      element('h1', {}, 'Checkout'),
      element('ul', { class: 'summary-lines' }, cart.lines.map(line)),
      element('p', { class: 'total' }, element('span', {}, 'Together'), element('strong', {}, money(cart.total))),
      element(
        'form',
        { class: 'form', id: 'checkout', onsubmit: order },
        element(
          'label',
          {},
          'Name',
          element('input', { name: 'name', required: true, autocomplete: 'name', value: visitor.name }),
        ),
        element(
          'label',
          {},
          'Where is the hedge?',
          element('textarea', { name: 'address', rows: 3, required: true, autocomplete: 'street-address' }),
        ),
        element(
          'fieldset',
          {},
          element('legend', {}, 'Delivery'),
          Object.entries(deliveries).map(([name, { promise, price }], index) =>
            element(
              'label',
              { class: 'choice' },
              element('input', { type: 'radio', name: 'delivery', value: name, checked: index === 0 }),
              element('span', {}, promise),
              element('span', { class: 'price' }, price ? money(price) : 'free'),
            ),
          ),
        ),
        element('button', { class: 'button' }, 'Place the order'),
      ),
    ),
  };
}

/** @param {typeof cart.lines[number]} line */
function line({ product, quantity }) {
  return element(
    'li',
    {},
    element('span', {}, `${quantity} × ${product.name}`),
    element('span', { class: 'price' }, money(quantity * product.price)),
  );
}
