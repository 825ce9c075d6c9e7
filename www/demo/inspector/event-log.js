// @ts-check

/** @typedef {import('./collector.js').StoredEvent} StoredEvent */

/**
 * What to show; an empty string lets everything through. A person is one of their distinct ids, which a join does not
 * change.
 *
 * @typedef {{ event: string, person: string, session: string }} Filter
 */

/** What has arrived: each stored event once, whether it came with the history or with the stream. */
export class EventLog {
  /** @type {Map<number, StoredEvent>} */
  #events = new Map();
  /** The requests in which each event has arrived, by its uuid. @type {Map<string | null, number[]>} */
  #requests = new Map();

  /** Oldest first. */
  get events() {
    return [...this.#events.values()];
  }

  /** @param {StoredEvent} event @returns {boolean} false if it was here already */
  add(event) {
    if (this.#events.has(event.id)) return false;
    this.#events.set(event.id, event);
    return true;
  }

  /** @param {import('./collector.js').Receipt[]} receipts all of them */
  receive(receipts) {
    this.#requests.clear();
    for (const { uuid, request_id: request } of receipts) {
      const requests = this.#requests.get(uuid);
      if (requests) requests.push(request);
      else this.#requests.set(uuid, [request]);
    }
  }

  /** How often an event came before it was stored, and how often again after that. @param {StoredEvent} event */
  arrivals({ uuid, request_id: storedBy }) {
    const requests = this.#requests.get(uuid) ?? [];
    const refused = requests.filter((request) => request < storedBy).length;
    return { refused, doubled: Math.max(0, requests.length - refused - 1) };
  }

  /** Of all events together. */
  totals() {
    let arrivals = 0;
    for (const requests of this.#requests.values()) arrivals += requests.length;
    let doubled = 0;
    for (const event of this.#events.values()) doubled += this.arrivals(event).doubled;
    return { events: this.#events.size, arrivals, doubled };
  }

  clear() {
    this.#events.clear();
    this.#requests.clear();
  }
}

/**
 * @param {StoredEvent} event
 * @param {Filter} filter
 * @param {import('./people.js').People} people
 */
export function passes(event, filter, people) {
  return (
    (!filter.event || event.event === filter.event) &&
    (!filter.session || event.session_id === filter.session) &&
    (!filter.person || people.behind(event.distinct_id) === people.behind(filter.person))
  );
}
