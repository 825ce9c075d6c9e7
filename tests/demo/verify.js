/** What must be true of the events of a visit. */

/**
 * @param {object} found
 * @param {import('./visit.js').Expected[]} found.expected in the order in which they were captured
 * @param {object[]} found.events in the same order
 * @param {object[]} found.receipts every arrival of the events
 * @param {object[]} found.persons
 * @param {import('./visit.js').Visitor} found.visitor
 * @returns {string[]} what is wrong, one sentence each
 */
export function faultsIn({ expected, events, receipts, persons, visitor }) {
  return [
    ...differences(expected, events, visitor),
    ...twice(events, receipts),
    ...notJoined(events, persons, visitor),
  ];
}

/** What the page gives rise to besides, as often as visitors click. */
const BESIDES = ['$autocapture', '$feature_flag_called', '$pageleave'];

/** Whether nothing more is to come: the last thing that a visit does is to leave. */
export function isWhole(events, expected) {
  const asked = events.filter(({ event }) => !BESIDES.includes(event));
  return asked.length >= expected.length && events.some(({ event }) => event === '$pageleave');
}

/** Expected and found events are compared as two sequences: what is missing, what is too much, what is not right. */
function differences(expected, events, visitor) {
  const faults = [];
  const left = events.filter(({ event }) => !BESIDES.includes(event));
  for (const name of BESIDES) {
    if (!events.some(({ event }) => event === name)) faults.push(`there is no ${name}`);
  }
  for (const one of expected) {
    const index = left.findIndex(({ event, properties }) => event === one.event && properties.$pathname === one.path);
    if (index < 0) {
      faults.push(`${one.event} on ${one.path} is missing`);
      continue;
    }
    const [event] = left.splice(index, 1);
    const at = `${one.event} on ${one.path}`;
    if (index > 0) faults.push(`${at} is not in the order in which it was captured`);
    const id = one.as === 'user' ? visitor.email : visitor.anonymousId;
    if (event.distinct_id !== id) faults.push(`${at} has the distinct id ${event.distinct_id} instead of ${id}`);
    for (const [name, value] of Object.entries(one.properties ?? {})) {
      const is = event.properties[name];
      if (is !== value) faults.push(`${at} has ${name} ${JSON.stringify(is)} instead of ${JSON.stringify(value)}`);
    }
  }
  return [...faults, ...left.map(({ event, properties }) => `${event} on ${properties.$pathname} is one too many`)];
}

function twice(events, receipts) {
  return events.flatMap(({ uuid, event, properties }) => {
    const arrivals = receipts.filter((receipt) => receipt.uuid === uuid).length;
    return arrivals === 1 ? [] : [`${event} on ${properties.$pathname} (${uuid}) arrived ${arrivals} times`];
  });
}

function notJoined(events, persons, { anonymousId, email }) {
  const faults = [];
  const person = persons.find(({ distinct_ids: ids }) => ids.includes(email));
  if (!person?.distinct_ids.includes(anonymousId)) {
    faults.push(`the collector has not joined ${anonymousId} and ${email} into one person`);
  }
  if (person && !person.properties.name) faults.push('the person has no name: $set of identify() is lost');
  const sessions = new Set(events.map(({ session_id: session }) => session));
  if (sessions.size > 1) faults.push(`one visit has ${sessions.size} sessions: ${[...sessions].join(', ')}`);
  return faults;
}
