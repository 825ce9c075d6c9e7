// @ts-check
import { drawing, element } from '../dom.js';
import { money } from './money.js';
import { categories } from './products.js';

/** @param {import('./products.js').Product} product */
export function productCard(product) {
  return element(
    'li',
    { class: `card ${product.category}` },
    element('div', { class: 'stage' }, drawing('products', product.slug)),
    element('p', { class: 'kind' }, categories[product.category]),
    element('h3', {}, element('a', { href: `/product/${product.slug}` }, product.name)),
    element('p', { class: 'summary' }, product.summary),
    element('p', { class: 'price' }, money(product.price)),
  );
}

/** @param {import('./products.js').Product[]} products @param {string} label */
export function productGrid(products, label) {
  return element('ul', { class: 'grid', 'aria-label': label }, products.map(productCard));
}
