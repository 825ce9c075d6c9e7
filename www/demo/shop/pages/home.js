// @ts-check
import { drawing, element } from '../../dom.js';
import { productGrid } from '../product-card.js';
import { productAt } from '../products.js';

const FAVOURITES = ['hollow-log-house', 'firefly-lantern', 'beetle-biscuits', 'winter-quilt'];

/** @returns {import('../router.js').Page} */
export function homePage() {
  const favourites = FAVOURITES.flatMap((slug) => productAt(slug) ?? []);
  return {
    title: 'Underhedge',
    content: element(
      'div',
      {},
      element(
        'section',
        { class: 'hero' },
        element(
          'div',
          { class: 'wide' },
          element(
            'div',
            { class: 'words' },
            element('h1', {}, 'Provisions for small nocturnal neighbours'),
            element(
              'p',
              {},
              'Houses, suppers and comforts for hedgehogs, and for gardens that would like to have some. Open from dusk.',
            ),
            element('a', { href: '/products', class: 'button', id: 'browse' }, 'See all the goods'),
          ),
          drawing('hedgehog', 'evening', 'A hedgehog on an evening meadow, with a leaf on its back'),
        ),
      ),
      element(
        'section',
        { class: 'wide' },
        element('h2', {}, 'Much liked under this hedge'),
        productGrid(favourites, 'Favourites'),
      ),
    ),
  };
}
