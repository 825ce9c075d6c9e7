// @ts-check
import { element } from '../../dom.js';
import { productsSearched } from '../analytics.js';
import { productGrid } from '../product-card.js';
import { categories, findProducts } from '../products.js';
import { navigate } from '../router.js';

/** @type {import('../router.js').Route} */
export function productsPage({ query }) {
  const words = query.get('q') ?? '';
  const category = query.get('kind') ?? '';
  const found = findProducts(words, category);
  return {
    title: 'Goods',
    content: element(
      'div',
      { class: 'wide' },
      element('h1', {}, 'Goods'),
      searchForm(words, category),
      element(
        'p',
        { class: 'found', role: 'status' },
        found.length === 1 ? 'One thing' : `${found.length} things`,
        words && ` with “${words}”`,
        category in categories && ` in ${categories[/** @type {keyof typeof categories} */ (category)]}`,
      ),
      found.length > 0
        ? productGrid(found, 'Goods')
        : element(
            'p',
            { class: 'nothing' },
            'Nothing of that kind under this hedge. ',
            element('a', { href: '/products' }, 'See everything'),
          ),
    ),
    shown() {
      if (words || category) productsSearched({ words, category, results: found.length });
    },
  };
}

/** @param {string} words @param {string} category */
function searchForm(words, category) {
  const kinds = Object.entries({ '': 'All', ...categories }).map(([value, name]) =>
    element(
      'label',
      { class: 'chip' },
      element('input', {
        type: 'radio',
        name: 'kind',
        value,
        checked: value === category,
        'data-key': `kind ${value}`,
        onchange: () => form.requestSubmit(),
      }),
      element('span', {}, name),
    ),
  );
  const form = element(
    'form',
    { class: 'search', role: 'search', action: '/products', onsubmit: search },
    element('label', { class: 'hidden', for: 'words' }, 'Search the goods'),
    element('input', {
      id: 'words',
      type: 'search',
      name: 'q',
      value: words,
      placeholder: 'Quilt, biscuit, moss …',
      'data-key': 'words',
    }),
    element('button', { class: 'button quiet', 'data-key': 'search' }, 'Search'),
    element('fieldset', {}, element('legend', { class: 'hidden' }, 'Kind'), kinds),
  );
  return form;
}

/** @param {SubmitEvent} submit */
function search(submit) {
  submit.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(/** @type {HTMLFormElement} */ (submit.target))) {
    if (value) query.set(name, String(value).trim());
  }
  navigate(query.size ? `/products?${query}` : '/products');
}
