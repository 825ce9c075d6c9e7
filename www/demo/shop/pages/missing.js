// @ts-check
import { drawing, element } from '../../dom.js';

/** @returns {import('../router.js').Page} */
export function missingPage() {
  return {
    title: 'Nothing here',
    content: element(
      'div',
      { class: 'wide narrow missing' },
      drawing('products', 'leaf-pile'),
      element('h1', {}, 'Nothing here but leaves'),
      element('p', {}, element('a', { href: '/' }, 'Back to the hedge')),
    ),
  };
}
