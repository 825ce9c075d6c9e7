/** What has become of the events of a scenario. */

/**
 * @typedef {object} Tally
 * @property {number} captured
 * @property {number} lost not stored in the end
 * @property {number} doubled Arrivals beyond the first of an event, though the SDK had been told of the one before.
 * @property {number} resent Arrivals beyond the first of an event of which nobody could tell the SDK, for the connection
 *   was cut, the answer was an error, or the page was gone: to send it again is the only way not to lose it.
 */

/** @param {import('./stage.js').Stage} stage @returns {Promise<Tally>} */
export async function tally(stage) {
  const { collector, captured, leavings } = stage;
  const events = await stage.arrived();
  const stored = new Map(events.map(({ uuid, properties }) => [uuid, properties.n]));
  const requests = new Map((await collector.requests()).map((request) => [request.id, request]));

  /** For each event its page, and the requests in which it was taken, in order. */
  const takings = new Map(events.map(({ properties: { n, page } }) => [n, { page, taken: [] }]));
  for (const { uuid, request_id } of await collector.receipts()) {
    const request = requests.get(request_id);
    if (stored.has(uuid) && isTaken(request)) takings.get(stored.get(uuid)).taken.push(request);
  }

  const counts = { doubled: 0, resent: 0 };
  for (const { page, taken } of takings.values()) {
    for (const [at, request] of taken.slice(1).entries()) {
      counts[isUntold(taken[at], request, leavings.get(page)) ? 'resent' : 'doubled'] += 1;
    }
  }
  return { captured, lost: captured - takings.size, ...counts };
}

/** Whether the server has stored what a request carried, whatever it answered. */
function isTaken({ status, error }) {
  return isSuccess(status) || (error?.includes('"after_commit":true') ?? false);
}

/** Whether nobody heard the answer to a request before the next was made. `left` is when the page was left, if it was. */
function isUntold(before, next, left) {
  if (!isSuccess(before.status)) return true;
  // Pages that send what another has left say that they try again.
  return Date.parse(before.received_at) >= left && before.retry_count === null && next.retry_count !== null;
}

function isSuccess(status) {
  return status >= 200 && status < 300;
}
