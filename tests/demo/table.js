/** The events as a table for the terminal. */

/** @param {object[]} events @param {object[]} receipts @param {object[]} persons @returns {string} */
export function eventTable(events, receipts, persons) {
  const rows = events.map(({ uuid, event, distinct_id: id, timestamp, properties }) => [
    timestamp.slice(11, 23),
    event,
    String(properties.$pathname ?? ''),
    short(id),
    personOf(id, persons),
    String(properties.cart_size ?? ''),
    String(receipts.filter((receipt) => receipt.uuid === uuid).length),
  ]);
  return aligned([['time (UTC)', 'event', 'page', 'distinct id', 'person', 'cart', 'arrivals'], ...rows]);
}

function personOf(id, persons) {
  const person = persons.find(({ distinct_ids: ids }) => ids.includes(id));
  return String(person?.properties?.name ?? '');
}

/** Of a uuid the end, which differs most. */
function short(id) {
  return /^[\da-f-]{36}$/.test(id) ? `…${id.slice(-12)}` : id;
}

function aligned([head, ...rows]) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => cells.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  return [head, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n');
}
