/** What the collector has stored of one visit. */

/**
 * The events of one visitor, in the order of their capture.
 *
 * @param {import('../support/collector.js').Collector} collector
 * @param {{ anonymousId: string, email: string }} visitor
 * @param {number} after an event's id: older ones are of an earlier visit
 */
export async function eventsOf(collector, { anonymousId, email }, after) {
  const events = await collector.events({ after });
  return events
    .filter(({ distinct_id: id }) => id === anonymousId || id === email)
    .sort((left, right) => Date.parse(left.timestamp) - Date.parse(right.timestamp) || left.id - right.id);
}

/** Every arrival of these events. */
export async function receiptsOf(collector, events) {
  const uuids = new Set(events.map(({ uuid }) => uuid));
  return (await collector.receipts()).filter(({ uuid }) => uuids.has(uuid));
}
