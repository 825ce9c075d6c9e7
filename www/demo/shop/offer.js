// @ts-check
import { element } from '../dom.js';

/**
 * The strip above the page that a feature flag fills, without a reload.
 *
 * @param {HTMLElement} strip
 * @returns {(offer: import('./analytics.js').Offer | null) => void} shows an offer, or none
 */
export function offerIn(strip) {
  return (offer) => {
    strip.hidden = offer === null;
    strip.dataset.source = offer?.source ?? '';
    strip.replaceChildren(...(offer ? [element('p', { class: 'wide' }, linked(offer))] : []));
  };
}

/** @param {import('./analytics.js').Offer} offer */
function linked({ text, link }) {
  // Only a path of the shop: what comes from outside must not name a script or another site.
  return /^\/(?!\/)/.test(link) ? element('a', { href: link }, text) : text;
}
