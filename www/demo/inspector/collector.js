// @ts-check

/**
 * An event as the collector stores it.
 *
 * @typedef {object} StoredEvent
 * @property {number} id grows with arrival
 * @property {string} uuid
 * @property {string} token
 * @property {string} event
 * @property {string} distinct_id
 * @property {string} corrected_timestamp when it was captured, by the collector's clock, ISO 8601
 * @property {Record<string, unknown>} properties
 * @property {Record<string, unknown> | null} set
 * @property {Record<string, unknown> | null} set_once
 * @property {string | null} session_id
 * @property {string | null} window_id
 * @property {string} received_at ISO 8601
 * @property {number} request_id
 */

/** @typedef {{ uuid: string | null, request_id: number }} Receipt one arrival of an event, stored or refused */
/** @typedef {{ distinct_ids: string[], properties: Record<string, unknown> }} StoredPerson */

/**
 * A rule by which the collector fails on purpose.
 *
 * @typedef {object} Fault
 * @property {string} [path] only requests whose path begins so
 * @property {number | null} [times] how often; without it until cleared
 * @property {number | null} [status]
 * @property {number | null} [delay_ms]
 * @property {boolean} [after_commit] stores the events before it fails
 * @property {'before' | 'body' | 'response' | null} [reset]
 * @property {boolean} [down]
 * @property {number} [applied] how often it has come into play
 */

const ROOT = '/_collector';
const PAGE = 1000;

/** Everything stored so far, oldest first. @returns {Promise<StoredEvent[]>} */
export async function storedEvents() {
  const all = [];
  for (let after = 0; ; ) {
    const page = await ask(`/events?after=${after}&limit=${PAGE}`);
    all.push(...page);
    if (page.length < PAGE) return all;
    after = page.at(-1).id;
  }
}

/** @returns {Promise<Receipt[]>} */
export const receipts = () => ask('/receipts');

/** @returns {Promise<StoredPerson[]>} */
export const persons = () => ask('/persons');

/** @returns {Promise<Fault[]>} the rules in force */
export const faults = () => ask('/faults');

/** @param {Fault[]} rules */
export const setFaults = (rules) =>
  ask('/faults', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rules) });

export const clearFaults = () => ask('/faults', { method: 'DELETE' });

/** Empties the collector's tables. */
export const clearEvents = () => ask('/events', { method: 'DELETE' });

/**
 * Follows the events as they are stored. The browser connects again by itself.
 *
 * @param {(event: StoredEvent) => void} arrived
 * @param {(state: 'live' | 'connecting') => void} connection
 */
export function followEvents(arrived, connection) {
  const stream = new EventSource(`${ROOT}/stream`);
  stream.addEventListener('event', (message) => arrived(JSON.parse(message.data)));
  stream.addEventListener('open', () => connection('live'));
  stream.addEventListener('error', () => connection('connecting'));
}

/** @param {string} path @param {RequestInit} [request] */
async function ask(path, request) {
  const response = await fetch(ROOT + path, request);
  if (!response.ok) throw new Error(`the collector answered ${response.status} to ${path}`);
  const text = await response.text();
  return text && JSON.parse(text);
}
