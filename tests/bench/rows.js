import { obstacle } from './goals.js';
import { BAGS, BURST_CALLS, FEW, MANY, SLOW_DOWN, SPACED_BAGS, TASK_CALLS, WAITING } from './plan.js';
import { summary } from './statistics.js';
import { EMPTY_PAGE, SUBJECTS } from './subjects.js';

/**
 * One line of the report.
 *
 * @typedef {object} Row
 * @property {string} section
 * @property {string} measure
 * @property {string} unit
 * @property {Record<string, ReturnType<typeof summary>>} figures of the subjects that it applies to
 * @property {Record<string, number>} ratios of hoglet to the others that send events, where they are not 0
 * @property {Goal} [goal]
 *
 * @typedef {object} Goal
 * @property {'ratio' | 'figure'} of what is to be small: hoglet's ratio to posthog-js, or its own figure
 * @property {number} most
 * @property {boolean} isMet
 * @property {string} [obstacle] what stands in the way of one that is not met
 */

const count = (number) => number.toLocaleString('en');

/**
 * @param {import('./measure.js').Measured} measured
 * @param {import('./delivery-totals.js').Totals} lost events over all scenarios
 * @returns {Row[]}
 */
export function rows(measured, lost) {
  return [
    ...loadingRows(measured),
    ...callRows(measured),
    ...footprintRows(measured),
    ...countRows(measured),
    row('Delivery', `events lost in ${lost.scenarios} scenarios`, 'events', (id) => lost.lost[id] !== undefined && [lost.lost[id]], {
      figure: 0,
    }),
  ];
}

function loadingRows({ loading }) {
  const section = `Loading, with the processor slowed down ${SLOW_DOWN} times`;
  const eagerly = (id) => (id === SUBJECTS.hoglet.id ? 'hoglet-eager' : id);
  const loaded = (measure, unit, read, goal, way = (id) => id) =>
    row(section, measure, unit, (id) => loading[way(id)]?.map((figures, round) => read(figures, loading[EMPTY_PAGE.id][round])), goal);
  const busy = (figures, empty) => figures.busy - empty.busy;
  return [
    loaded('bytes on the critical path, brotli', 'B', ({ criticalBytes }) => criticalBytes, { ratio: 0.015 }),
    loaded('bytes of all scripts until the first event, brotli', 'B', ({ bytes }) => bytes, { ratio: 0.32 }),
    loaded('from import until the first event is received', 'ms', ({ received }) => received, { ratio: 0.25 }),
    loaded("from import until then with hoglet's load: 'eager'", 'ms', ({ received }) => received, undefined, eagerly),
    loaded('main thread until then, over an empty page', 'ms', busy, { ratio: 0.2 }),
    loaded("main thread with hoglet's load: 'eager'", 'ms', busy, undefined, eagerly),
    loaded('long tasks until then', 'tasks', ({ longTasks }) => longTasks, { figure: 0 }),
    loaded('the longest of them', 'ms', ({ longest }) => longest),
    loaded('init(), until it returns', 'ms', ({ init }) => init, { ratio: 0.02 }),
  ];
}

function callRows({ times, clicks, reads, waiting }) {
  const timed = (measure, kind, bag, goal) =>
    row('Calls', measure, 'µs', (id) => times[id]?.[0][kind][bag] !== undefined && times[id].map((round) => round[kind][bag]), goal);
  const clicked = (measure, kind, goal) =>
    row('Calls', measure, 'µs', (id) => clicks[id]?.map((round) => round[kind]), goal);
  const read = (measure, kind) => row('Calls', measure, 'ns', (id) => reads[id]?.map((round) => round[kind]));
  const all = Object.keys(BAGS);
  const burst = count(BURST_CALLS);
  const goalOf = (bag) => (bag === 'small' ? { ratio: 0.02 } : undefined);
  return [
    ...SPACED_BAGS.map((bag) => timed(`capture(), one in a task, ${BAGS[bag]}`, 'spaced', bag, goalOf(bag))),
    row('Calls', `capture(), one in a task, with ${count(WAITING)} events waiting`, 'µs', (id) => waiting[id]),
    ...all.map((bag) => timed(`capture(), ${burst} in a task, ${BAGS[bag]}`, 'returned', bag, goalOf(bag))),
    ...all.map((bag) => timed(`capture(), ${burst} in a task, with the rest of the task, ${BAGS[bag]}`, 'ended', bag)),
    clicked('a click on a page of 10,000 elements, until its listeners return', 'returned', { ratio: 0.2 }),
    clicked('a click, with the rest of the task, in which it is stored', 'ended'),
    read('isFeatureEnabled(), 50 flags (hoglet is to stay below 2,000)', 'loaded'),
    read('the first one after an answer of the server', 'first'),
  ];
}

function footprintRows({ footprint, memory }) {
  const over = (measure, kind, goal) =>
    row('With all that follows', measure, 'µs', (id) => {
      const own = footprint[id];
      return own?.[0][kind] !== undefined && own.map((round, at) => round[kind] - footprint[EMPTY_PAGE.id][at][kind]);
    }, goal);
  const sent = (measure, kind, goal) =>
    row('With all that follows', measure, 'B', (id) => footprint[id]?.[0][kind] && footprint[id].map((round) => round[kind]), goal);
  const held = (events, kind, goal) =>
    row('With all that follows', `memory of the page after ${count(events)} events, wasm included`, 'kB', (id) =>
      memory[id]?.map((round) => round[kind] / 1_000), goal);
  return [
    over(`main thread for an event, ${TASK_CALLS} in a task, over an empty page`, 'tasks', { ratio: 0.15 }),
    over(`main thread for an event, ${count(BURST_CALLS)} in a task, over an empty page`, 'burst', { ratio: 0.03 }),
    sent(`bytes on the wire for an event, ${TASK_CALLS} in a task`, 'bytes', { ratio: 0.9 }),
    sent(`bytes on the wire for an event, ${count(BURST_CALLS)} in a task`, 'burstBytes'),
    sent('bytes on the wire for an event alone', 'lone'),
    held(FEW, 'few', { ratio: 0.6 }),
    held(MANY, 'many'),
  ];
}

function countRows({ counts }) {
  const burst = count(BURST_CALLS);
  const counted = (measure, unit, read) =>
    row('Counted', measure, unit, (id) => counts[id]?.map(read));
  const calls = (measure, read) =>
    row('Counted', measure, 'calls', (id) => id === SUBJECTS.hoglet.id && counts[id].map((figures) => read(figures) / BURST_CALLS));
  return [
    counted(`localStorage writes by ${burst} events`, 'writes', ({ delivered }) => delivered.localStorage),
    counted(`sessionStorage writes by ${burst} events`, 'writes', ({ delivered }) => delivered.sessionStorage),
    counted(`cookie writes by ${burst} events`, 'writes', ({ delivered }) => delivered.cookie),
    calls('calls into wasm by one capture()', ({ returned }) => returned.intoWasm),
    calls('calls from wasm by one capture()', ({ returned }) => returned.outOfWasm),
  ];
}

/**
 * @param {string} section
 * @param {string} measure
 * @param {string} unit
 * @param {(id: string) => number[] | undefined | false} read a subject's figures, if it has any
 * @param {{ ratio?: number, figure?: number }} [most] what hoglet is to reach
 * @returns {Row}
 */
function row(section, measure, unit, read, most) {
  const figures = {};
  for (const { id } of Object.values(SUBJECTS)) {
    const values = read(id);
    if (values) figures[id] = summary(values);
  }
  const { hoglet, posthog } = SUBJECTS;
  const ratios = {};
  for (const { id, sends } of Object.values(SUBJECTS)) {
    if (sends && id !== hoglet.id && figures[id]?.median > 0) ratios[id] = figures[hoglet.id].median / figures[id].median;
  }
  if (!most) return { section, measure, unit, figures, ratios };
  const of = most.figure === undefined ? 'ratio' : 'figure';
  const isMet = (of === 'ratio' ? ratios[posthog.id] : figures[hoglet.id].median) <= most[of];
  const goal = { of, most: most[of], isMet, obstacle: isMet ? undefined : obstacle(measure) };
  return { section, measure, unit, figures, ratios, goal };
}
