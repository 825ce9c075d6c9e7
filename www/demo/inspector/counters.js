// @ts-check
import { element } from '../dom.js';

/**
 * @param {HTMLElement} list
 * @param {{ events: number, arrivals: number, doubled: number, persons: number }} counts
 */
export function drawCounters(list, { events, arrivals, doubled, persons }) {
  list.replaceChildren(
    counter('events', events, 'Events'),
    counter('arrivals', arrivals, 'Arrivals', 'Every event of every request, also of a refused one'),
    counter('doubled', doubled, 'Doubled', 'Arrivals of an event that had arrived before: stored once all the same'),
    counter('persons', persons, 'People'),
  );
}

/** @param {string} id @param {number} value @param {string} name @param {string} [title] */
function counter(id, value, name, title) {
  return element(
    'div',
    { 'data-counter': id, 'data-any': value > 0, title },
    element('dt', {}, name),
    element('dd', {}, value.toLocaleString('en')),
  );
}
