// @ts-check
import { element } from '../dom.js';

/**
 * The shop in a frame beside the events, with `?split` in the address.
 *
 * @param {HTMLElement} workbench
 * @param {HTMLButtonElement} toggle
 */
export function startSplit(workbench, toggle) {
  const frame = element('iframe', { class: 'shop', src: '/', title: 'The shop' });
  const show = (/** @type {boolean} */ split) => {
    toggle.setAttribute('aria-pressed', String(split));
    workbench.classList.toggle('split', split);
    if (split) workbench.prepend(frame);
    else frame.remove();
  };
  toggle.addEventListener('click', () => {
    const split = toggle.getAttribute('aria-pressed') !== 'true';
    history.replaceState(null, '', split ? '?split' : location.pathname);
    show(split);
  });
  show(new URLSearchParams(location.search).has('split'));
}
