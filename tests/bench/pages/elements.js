/** How many elements the page has, as a large app's. */
const ELEMENTS = 10_000;

/**
 * Fills the page: lists of cards, each with a button, ten levels down.
 *
 * @returns {HTMLElement[]} the buttons
 */
export function buttons() {
  const cards = Array.from(
    { length: ELEMENTS / 5 },
    (_, at) =>
      `<li class="card c-${at % 7}" data-id="${at}"><h3>Card ${at}</h3><p class="text">What it is</p>` +
      `<button type="button" class="button primary" title="Add ${at}"><span>Add to cart</span></button></li>`,
  );
  const lists = [];
  while (cards.length > 0) lists.push(`<section class="shelf"><div><ul class="cards">${cards.splice(0, 100).join('')}</ul></div></section>`);
  document.body.innerHTML = `<div id="app"><div class="layout"><main><div class="content"><div>${lists.join('')}</div></div></main></div></div>`;
  return [...document.querySelectorAll('button')];
}
