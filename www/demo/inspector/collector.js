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
 * A feature flag as the collector stores it: PostHog's definition, complete, and what the database knows of it.
 *
 * @typedef {object} Flag
 * @property {number} id
 * @property {string} token
 * @property {string} key
 * @property {number} version
 * @property {string} [name] what it is for
 * @property {boolean} active
 * @property {Filters} filters
 * @property {Record<string, unknown> | null} [early_access]
 *
 * @typedef {object} Filters
 * @property {Condition[]} groups the first that matches decides
 * @property {{ variants: Variant[] } | null} multivariate
 * @property {Record<string, unknown>} payloads by variant, or `true` for a flag without; JSON text
 *
 * @typedef {object} Condition
 * @property {Property[] | null} [properties] all of which must match
 * @property {number | null} [rollout_percentage]
 * @property {string | null} [variant] for all whom it matches
 *
 * @typedef {object} Property
 * @property {string} key
 * @property {string} [type] `person` if missing
 * @property {string} [operator] `exact` if missing
 * @property {unknown} [value]
 *
 * @typedef {{ key: string, rollout_percentage: number }} Variant
 */

/**
 * A rule by which the collector fails on purpose.
 *
 * @typedef {object} Fault
 * @property {string} [path] only requests whose path begins so
 * @property {number | null} [times] how often; without it until cleared
 * @property {number | null} [status]
 * @property {string | null} [body] in place of the real one
 * @property {string | null} [content_type] of that body
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

/** @returns {Promise<Flag[]>} of all projects */
export const flags = async () => (await ask('/flags')).flags;

/** Makes a flag, or gives it another definition. @param {Omit<Flag, 'id' | 'version'>} flag @returns {Promise<Flag>} */
export const defineFlag = (flag) => ask(addressOf(flag), { method: 'PUT', body: JSON.stringify(flag) });

/** @param {Flag} flag */
export const deleteFlag = (flag) => ask(addressOf(flag), { method: 'DELETE' });

/** Forgets all that was sent. */
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

/** @param {{ token: string, key: string }} flag */
function addressOf({ token, key }) {
  return `/flags/${encodeURIComponent(key)}?token=${encodeURIComponent(token)}`;
}

/** @param {string} path @param {RequestInit} [request] */
async function ask(path, request) {
  const response = await fetch(ROOT + path, request);
  const text = await response.text();
  if (!response.ok) throw new Error(text || `the collector answered ${response.status} to ${path}`);
  return text && JSON.parse(text);
}
