// @ts-check
import { element } from '../../dom.js';
import { loggedOut } from '../analytics.js';
import { money } from '../money.js';
import { ordersOf } from '../orders.js';
import { productAt } from '../products.js';
import { navigate, Redirect } from '../router.js';
import { session } from '../visitor.js';

const nights = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

/** @type {import('../router.js').Route} */
export function accountPage({ query }) {
  const { visitor } = session;
  if (!visitor) return new Redirect('/login');
  const logOut = () => {
    session.visitor = null;
    loggedOut();
    navigate('/');
  };
  const orders = ordersOf(visitor.email);
  const placed = orders.find((order) => order.id === query.get('placed'));
  return {
    title: 'Account',
    content: element(
      'div',
      { class: 'wide narrow' },
      placed && element('p', { class: 'thanks', role: 'status' }, `Thank you. Order ${placed.id} is on its way.`),
      element('h1', {}, `Good evening, ${visitor.name || visitor.email}`),
      element('p', { class: 'lead' }, visitor.email),
      element('h2', {}, 'Orders'),
      orders.length === 0
        ? element('p', { class: 'nothing' }, 'None yet. ', element('a', { href: '/products' }, 'See all the goods'))
        : element('ul', { class: 'orders' }, orders.map(entry)),
      element('button', { class: 'button quiet', id: 'log-out', type: 'button', onclick: logOut }, 'Log out'),
    ),
  };
}

/** @param {import('../orders.js').Order} order */
function entry(order) {
  const goods = order.lines.map(({ slug, quantity }) => `${quantity} × ${productAt(slug)?.name ?? slug}`);
  return element(
    'li',
    {},
    element('strong', {}, order.id),
    element('time', { datetime: order.placed }, nights.format(new Date(order.placed))),
    element('span', { class: 'price' }, money(order.total)),
    element('span', { class: 'goods' }, goods.join(', ')),
  );
}
