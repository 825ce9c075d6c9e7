// @ts-check
import { element } from '../dom.js';

const IDENTITY = new Set([
  'distinct_id',
  'token',
  '$anon_distinct_id',
  '$device_id',
  '$groups',
  '$had_persisted_distinct_id',
  '$is_identified',
  '$process_person_profile',
  '$session_id',
  '$user_id',
  '$window_id',
]);
const PAGE = new Set([
  '$current_url',
  '$host',
  '$pageview_id',
  '$pathname',
  '$search_engine',
  'navigation_type',
  'ph_keyword',
  'title',
]);
/** Where the visitor came from, and the pages before this one. */
const PAGE_PREFIX = /^(utm_|\$referr|\$prev_pageview|\$session_entry)/;

/**
 * An event's properties in four groups, and how it came here in a fifth.
 *
 * @param {import('./collector.js').StoredEvent} event
 * @param {{ refused: number, doubled: number }} arrivals
 */
export function propertyGroups(event, arrivals) {
  /** @type {Record<'Yours' | 'Identity' | 'Page' | 'Environment', Record<string, unknown>>} */
  const groups = { Yours: {}, Identity: {}, Page: {}, Environment: {} };
  for (const [name, value] of Object.entries(event.properties)) groups[groupOf(name)][name] = value;
  if (event.set) groups.Identity.$set = event.set;
  if (event.set_once) groups.Identity.$set_once = event.set_once;
  const delivery = {
    uuid: event.uuid,
    captured: event.corrected_timestamp,
    received: event.received_at,
    'under way': `${Math.max(0, Date.parse(event.received_at) - Date.parse(event.corrected_timestamp))} ms`,
    request: event.request_id,
    'refused before': arrivals.refused,
    'arrived again': arrivals.doubled,
  };
  return Object.entries({ ...groups, Delivery: delivery })
    .filter(([, properties]) => Object.keys(properties).length > 0)
    .map(([name, properties]) => group(name, properties));
}

/** @param {string} name @returns {'Yours' | 'Identity' | 'Page' | 'Environment'} */
function groupOf(name) {
  if (IDENTITY.has(name)) return 'Identity';
  if (PAGE.has(name) || PAGE_PREFIX.test(name)) return 'Page';
  return name.startsWith('$') ? 'Environment' : 'Yours';
}

/** @param {string} name @param {Record<string, unknown>} properties */
function group(name, properties) {
  const sorted = name === 'Delivery' ? Object.entries(properties) : Object.entries(properties).sort(byName);
  return element(
    'section',
    { class: 'properties', 'data-group': name.toLowerCase() },
    element('h3', {}, name),
    element(
      'dl',
      {},
      sorted.map(([key, value]) =>
        element('div', {}, element('dt', {}, key), element('dd', { class: typeof value }, text(value))),
      ),
    ),
  );
}

/** @param {[string, unknown]} left @param {[string, unknown]} right */
function byName([left], [right]) {
  return left.localeCompare(right);
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value || '(empty)' : JSON.stringify(value);
}
