// @ts-check
import { element } from '../dom.js';
import { hueOf, shortId } from './people.js';
import { propertyGroups } from './properties.js';

/** One event in the list: a line that opens to its properties. */
export class EventRow {
  /**
   * @param {import('./collector.js').StoredEvent} event
   * @param {() => { refused: number, doubled: number }} arrivals
   */
  constructor(event, arrivals) {
    this.event = event;
    this.arrivals = arrivals;
    this.person = element('span', { class: 'person' });
    this.badge = element('span', { class: 'badge', hidden: true });
    const details = element(
      'details',
      {},
      element(
        'summary',
        {},
        element(
          'span',
          { class: 'cells' },
          element('time', { datetime: event.corrected_timestamp }, ...clock(event.corrected_timestamp)),
          element('span', { class: 'name', 'data-kind': kindOf(event.event) }, event.event, this.badge, subject(event)),
          element('code', { class: 'distinct-id', title: event.distinct_id }, shortId(event.distinct_id)),
          this.person,
          session(event.session_id),
        ),
      ),
    );
    // Filled when it is opened: hundreds of lines are never read to the end.
    const body = element('div', { class: 'body' });
    details.append(body);
    details.addEventListener('toggle', () => {
      body.replaceChildren(...(details.open ? propertyGroups(event, arrivals()) : []));
    });
    this.element = element('li', { 'data-event': event.event, 'data-uuid': event.uuid }, details);
  }

  /**
   * Shows what has become known since: who it was, and how often it came.
   *
   * @param {import('./people.js').People} people
   */
  update(people) {
    const person = people.behind(this.event.distinct_id);
    this.person.textContent = person.name;
    this.person.title = person.distinctIds.join('\n');
    this.person.classList.toggle('known', person.known);
    this.person.style.setProperty('--hue', String(person.hue));
    const { refused, doubled } = this.arrivals();
    this.badge.hidden = refused + doubled === 0;
    this.badge.classList.toggle('doubled', doubled > 0);
    this.badge.textContent = doubled > 0 ? `arrived ${doubled + 1} times` : `stored at try ${refused + 1}`;
  }
}

/** Local time of day, to the millisecond. @param {string} timestamp ISO 8601 */
function clock(timestamp) {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return [timestamp];
  const seconds = date.toLocaleTimeString('en-GB');
  return [seconds, element('small', {}, `.${String(date.getMilliseconds()).padStart(3, '0')}`)];
}

/** @param {string} name */
function kindOf(name) {
  if (name === '$pageview') return 'page';
  if (name === '$identify' || name === '$create_alias' || name === '$set') return 'identity';
  return name.startsWith('$') ? 'automatic' : 'custom';
}

/**
 * What the event is about, for the line: a page's path, or a property that names something.
 *
 * @param {import('./collector.js').StoredEvent} event
 */
function subject({ event, properties }) {
  const about =
    event === '$pageview'
      ? properties.$pathname
      : event === '$identify'
        ? `was ${shortId(String(properties.$anon_distinct_id ?? ''))}`
        : (properties.product_name ?? properties.order_id ?? properties.search_words);
  return typeof about === 'string' && element('span', { class: 'subject' }, about);
}

/** @param {string | null} id */
function session(id) {
  if (!id) return element('span', { class: 'session' });
  const made = element('code', { class: 'session', title: id }, shortId(id));
  made.style.setProperty('--hue', String(hueOf(id)));
  return made;
}
