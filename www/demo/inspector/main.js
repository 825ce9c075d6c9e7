// @ts-check
import { clearEvents, faults, flags, followEvents, persons, receipts, storedEvents } from './collector.js';
import { drawCounters } from './counters.js';
import { EventList } from './event-list.js';
import { EventLog } from './event-log.js';
import { FaultPanel } from './fault-panel.js';
import { Filters } from './filters.js';
import { FlagPanel } from './flag-panel.js';
import { activities, drawPeople } from './people-panel.js';
import { People } from './people.js';
import { Refresh } from './refresh.js';
import { startSplit } from './split.js';

/** @typedef {import('./collector.js').StoredEvent} StoredEvent */

const log = new EventLog();
const people = new People();
const list = new EventList(part('events', HTMLOListElement), log, people);
const filters = new Filters(
  {
    event: part('event-filter', HTMLSelectElement),
    person: part('person-filter', HTMLSelectElement),
    session: part('session-filter', HTMLButtonElement),
  },
  draw,
);
// Only events are streamed. What else may have changed is asked for: a doubled arrival, for one, stores no event.
const refresh = new Refresh(async () => {
  const [all, known, rules, defined] = await Promise.all([receipts(), persons(), faults(), flags()]);
  log.receive(all);
  people.replace(known);
  faultPanel.update(rules);
  flagPanel.update(defined);
  draw();
});
const faultPanel = new FaultPanel(part('faults', HTMLElement), () => refresh.soon());
const flagPanel = new FlagPanel(
  { list: part('flags', HTMLElement), create: part('new-flag', HTMLButtonElement) },
  { changed: () => refresh.soon(), tokens: () => log.events.map(({ token }) => token) },
);

startSplit(part('workbench', HTMLElement), part('split', HTMLButtonElement));
part('clear', HTMLButtonElement).addEventListener('click', clear);
// What the stream brings while the history is being read waits for it: the list is in the order of arrival.
const waiting = /** @type {StoredEvent[]} */ ([]);
/** @type {(event: StoredEvent) => unknown} */
let arrived = (event) => waiting.push(event);
followEvents((event) => arrived(event), showConnection);
for (const event of await storedEvents()) add(event, { fresh: false });
arrived = (event) => add(event, { fresh: true });
waiting.forEach(arrived);
draw();
refresh.soon();

/** @param {StoredEvent} event @param {{ fresh: boolean }} how */
function add(event, how) {
  if (!log.add(event)) return;
  list.add(event, filters.filter, how);
  refresh.soon();
}

function draw() {
  const active = activities(log.events, people);
  const shown = list.update(filters.filter);
  const totals = log.totals();
  drawCounters(part('counters', HTMLElement), { ...totals, persons: active.length });
  drawPeople(part('people', HTMLElement), active, filters);
  filters.offer([...new Set(log.events.map(({ event }) => event))], active.map(({ person }) => person));
  part('shown-count', HTMLOutputElement).value = shown === totals.events ? '' : `${shown} of ${totals.events} shown`;
  part('empty', HTMLElement).hidden = totals.events > 0;
}

async function clear() {
  await clearEvents();
  log.clear();
  list.clear();
  filters.set({ event: '', person: '', session: '' });
  refresh.soon();
}

/** @param {'live' | 'connecting'} state */
function showConnection(state) {
  const shown = part('connection', HTMLElement);
  shown.dataset.state = state;
  shown.textContent = state;
}

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function part(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} with the id ${id}`);
  return found;
}
