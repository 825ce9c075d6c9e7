/** What the collector has stored, asked for over its own routes. */

const PAGE = 1000;

export const stored = {
  /** The id of the newest event of all, or 0. */
  async lastId(collector) {
    return (await eventsAfter(collector, 0)).at(-1)?.id ?? 0;
  },

  /**
   * The events of one visitor, in the order of their capture.
   *
   * @param {string} collector
   * @param {{ anonymousId: string, email: string }} visitor
   * @param {number} after an event's id: older ones are of an earlier visit
   */
  async eventsOf(collector, { anonymousId, email }, after) {
    const events = await eventsAfter(collector, after);
    return events
      .filter(({ distinct_id: id }) => id === anonymousId || id === email)
      .sort((left, right) => Date.parse(left.timestamp) - Date.parse(right.timestamp) || left.id - right.id);
  },

  /** Every arrival of these events. */
  async receiptsOf(collector, events) {
    const uuids = new Set(events.map(({ uuid }) => uuid));
    return (await ask(collector, '/receipts')).filter(({ uuid }) => uuids.has(uuid));
  },

  persons: (collector) => ask(collector, '/persons'),
};

async function eventsAfter(collector, after) {
  const all = [];
  for (let last = after; ; last = all.at(-1).id) {
    const page = await ask(collector, `/events?after=${last}&limit=${PAGE}`);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function ask(collector, path) {
  const response = await fetch(`${collector}/_collector${path}`);
  if (!response.ok) throw new Error(`the collector answered ${response.status} to ${path}: ${await response.text()}`);
  return response.json();
}
