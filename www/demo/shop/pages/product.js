// @ts-check
import { drawing, element } from '../../dom.js';
import { addedToCart, productViewed } from '../analytics.js';
import { cart } from '../cart.js';
import { money } from '../money.js';
import { categories, productAt } from '../products.js';
import { missingPage } from './missing.js';

/** @type {import('../router.js').Route} */
export function productPage({ parameter: slug }) {
  const product = productAt(slug);
  if (!product) return missingPage();
  const said = element('p', { class: 'said', role: 'status' });
  const add = () => {
    cart.add(product.slug);
    addedToCart(product, cart.size);
    said.replaceChildren('It is in the ', element('a', { href: '/cart' }, 'cart'), '.');
  };
  return {
    title: product.name,
    content: element(
      'article',
      { class: `wide product ${product.category}` },
      element('div', { class: 'stage' }, drawing('products', product.slug, product.name)),
      element(
        'div',
        {},
        element(
          'p',
          { class: 'kind' },
          element('a', { href: `/products?kind=${product.category}` }, categories[product.category]),
        ),
        element('h1', {}, product.name),
        element('p', { class: 'lead' }, product.summary),
        element('p', { class: 'price' }, money(product.price)),
        element('button', { class: 'button', id: 'add-to-cart', type: 'button', onclick: add }, 'Add to cart'),
        said,
        element('p', {}, product.description),
        element(
          'ul',
          { class: 'details' },
          product.details.map((detail) => element('li', {}, detail)),
        ),
      ),
    ),
    shown: () => productViewed(product),
  };
}
