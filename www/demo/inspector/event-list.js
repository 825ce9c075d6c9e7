// @ts-check
import { passes } from './event-log.js';
import { EventRow } from './event-row.js';

/** As many lines as one would ever scroll through; the counters and panels know all events. */
const MAX_ROWS = 500;

/** The events in the page, newest on top. */
export class EventList {
  /** Newest last. @type {EventRow[]} */
  #rows = [];

  /**
   * @param {HTMLElement} list
   * @param {import('./event-log.js').EventLog} log
   * @param {import('./people.js').People} people
   */
  constructor(list, log, people) {
    this.list = list;
    this.log = log;
    this.people = people;
  }

  /**
   * @param {import('./collector.js').StoredEvent} event
   * @param {import('./event-log.js').Filter} filter
   * @param {{ fresh: boolean }} how whether it has arrived just now
   */
  add(event, filter, { fresh }) {
    const row = new EventRow(event, () => this.log.arrivals(event));
    row.update(this.people);
    row.element.hidden = !passes(event, filter, this.people);
    row.element.classList.toggle('fresh', fresh);
    this.#rows.push(row);
    this.list.prepend(row.element);
    if (this.#rows.length > MAX_ROWS) this.#rows.shift()?.element.remove();
  }

  /** @param {import('./event-log.js').Filter} filter @returns {number} how many events are shown */
  update(filter) {
    let shown = 0;
    for (const row of this.#rows) {
      row.update(this.people);
      row.element.hidden = !passes(row.event, filter, this.people);
      if (!row.element.hidden) shown += 1;
    }
    return shown;
  }

  clear() {
    this.#rows = [];
    this.list.replaceChildren();
  }
}
