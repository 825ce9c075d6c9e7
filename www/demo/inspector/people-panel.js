// @ts-check
import { element } from '../dom.js';
import { hueOf, shortId } from './people.js';

/**
 * @typedef {object} Activity
 * @property {import('./people.js').Person} person
 * @property {number} events
 * @property {Map<string, { events: number, first: string, last: string }>} sessions by session id
 */

/**
 * Who did how much, most recent first.
 *
 * @param {import('./collector.js').StoredEvent[]} events oldest first
 * @param {import('./people.js').People} people
 * @returns {Activity[]}
 */
export function activities(events, people) {
  /** @type {Map<import('./people.js').Person, Activity>} */
  const byPerson = new Map();
  for (const { distinct_id: distinctId, session_id: sessionId, corrected_timestamp: timestamp } of events) {
    const person = people.behind(distinctId);
    const activity = byPerson.get(person) ?? { person, events: 0, sessions: new Map() };
    // Deleted and set again, so that the map is in the order of the last event.
    byPerson.delete(person);
    byPerson.set(person, activity);
    activity.events += 1;
    if (sessionId) {
      const session = activity.sessions.get(sessionId) ?? { events: 0, first: timestamp, last: timestamp };
      activity.sessions.set(sessionId, { events: session.events + 1, first: session.first, last: timestamp });
    }
  }
  return [...byPerson.values()].reverse();
}

/**
 * @param {HTMLElement} list
 * @param {Activity[]} active
 * @param {import('./filters.js').Filters} filters
 */
export function drawPeople(list, active, filters) {
  const focused = list.contains(document.activeElement) && document.activeElement?.getAttribute('data-key');
  list.replaceChildren(
    ...(active.length > 0
      ? active.map((activity) => entry(activity, filters))
      : [element('li', { class: 'hint' }, 'Nobody yet.')]),
  );
  // The list is drawn anew while somebody may be walking through it with the keyboard.
  for (const button of focused ? list.querySelectorAll('button') : []) {
    if (button.dataset.key === focused) button.focus();
  }
}

/** @param {Activity} activity @param {import('./filters.js').Filters} filters */
function entry({ person, events, sessions }, filters) {
  const [id] = person.distinctIds;
  const chosen = person.distinctIds.includes(filters.filter.person);
  const item = element(
    'li',
    { class: person.known ? 'known' : '' },
    element(
      'button',
      {
        type: 'button',
        class: 'who',
        'data-key': id,
        'aria-pressed': String(chosen),
        onclick: () => filters.set({ person: chosen ? '' : id }),
      },
      element('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(person)),
      element('span', { class: 'who-name' }, person.name),
      element('span', { class: 'tally' }, `${events} ${events === 1 ? 'event' : 'events'}`),
    ),
    element(
      'p',
      { class: 'ids' },
      person.distinctIds.map((id) => element('code', { title: id }, shortId(id))),
    ),
    element(
      'ul',
      { class: 'sessions' },
      [...sessions].reverse().map(([id, session]) => sessionEntry(id, session, filters)),
    ),
  );
  item.style.setProperty('--hue', String(person.hue));
  return item;
}

/**
 * @param {string} id
 * @param {{ events: number, first: string, last: string }} session
 * @param {import('./filters.js').Filters} filters
 */
function sessionEntry(id, { events, first, last }, filters) {
  const chosen = filters.filter.session === id;
  const button = element(
    'button',
    {
      type: 'button',
      class: 'session',
      'data-key': id,
      'aria-pressed': String(chosen),
      onclick: () => filters.set({ session: chosen ? '' : id }),
    },
    element('span', {}, shortId(id)),
    element('span', {}, `${events} in ${span(Date.parse(last) - Date.parse(first))}`),
  );
  button.style.setProperty('--hue', String(hueOf(id)));
  return element('li', {}, button);
}

/** @param {import('./people.js').Person} person */
function initials({ known, name }) {
  if (!known) return '?';
  const words = name.split(/[\s.@]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0].toUpperCase())
    .join('');
}

/** @param {number} milliseconds */
function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
