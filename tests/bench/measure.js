import { SUBJECTS } from './subjects.js';
import { Visit } from './visit.js';

/** How often everything is timed: as often as there are subjects, so that each has every place in the order once. */
export const ROUNDS = Object.keys(SUBJECTS).length;

/** Calls of one figure: one in each of so many tasks, or all in one task. */
export const SPACED_CALLS = 100;
export const BURST_CALLS = 1_000;
export const CLICKS = 200;

/** Flags that are read in one task, and answers of which the first reading is timed. */
export const READS = 100_000;
export const ANSWERS = 30;

/** Calls before the first that is timed, for the engine compiles what runs often. */
const WARM_UP_CALLS = 200;

/** What is passed to `capture()`, as pages/bags.js has it. */
export const BAGS = {
  small: '3 properties',
  wide: '100 properties',
  nested: 'nested properties',
  awkward: 'a Date and an Error',
};

/** The bags of the calls that are spaced, which take long. */
export const SPACED_BAGS = ['small', 'wide'];

/**
 * @typedef {object} Times in microseconds per call, for each bag
 * @property {Record<string, number>} spaced one call in a task, until it returns
 * @property {Record<string, number>} returned many calls in one task, until the last returns
 * @property {Record<string, number>} ended the same, until the task's microtasks have run as well
 */

/**
 * @typedef {object} Measured
 * @property {Record<string, Times[]>} times of each subject, for each round
 * @property {Record<string, { returned: number, ended: number }[]>} clicks of each subject, for each round: microseconds of
 *   one on a large page, until the listeners have run, and until the microtasks have too
 * @property {Record<string, { loaded: number, first: number }[]>} reads of each subject that knows flags, for each round:
 *   nanoseconds of reading one of 50, and of reading one first after an answer of the server
 * @property {Record<string, Counts>} counts of each subject
 * @property {Record<string, number>} delivered how many events of each subject arrived, which are all
 */

/**
 * @typedef {object} Counts what a burst of events with a small bag causes
 * @property {Record<string, number>} returned until the last call returns
 * @property {Record<string, number>} delivered until the events have arrived
 */

/**
 * Measures every subject in one tab, in turns, so that what changes on the machine meanwhile changes all alike.
 *
 * @param {import('../drivers/index.js').Browser} browser
 * @param {import('../support/collector.js').Collector} collector
 * @param {(progress: string) => void} say
 * @returns {Promise<Measured>}
 * @throws {import('./visit.js').ControlError}
 */
export async function measure(browser, collector, say) {
  const subjects = Object.values(SUBJECTS);
  const measured = { times: {}, clicks: {}, reads: {}, counts: {}, delivered: {} };
  for (const { id } of subjects) {
    measured.times[id] = [];
    measured.clicks[id] = [];
    measured.reads[id] = [];
  }
  const tab = await browser.newTab();

  const visit = async (subject, options, work) => {
    const visit = new Visit(tab, collector, subject);
    await visit.begin(options);
    const result = await work(visit);
    measured.delivered[subject.id] = (measured.delivered[subject.id] ?? 0) + (await visit.end());
    return result;
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    say(`round ${round + 1} of ${ROUNDS}`);
    for (let turn = 0; turn < subjects.length; turn += 1) {
      // Each round begins with another subject.
      const subject = subjects[(round + turn) % subjects.length];
      measured.times[subject.id].push(await visit(subject, {}, time));
      measured.clicks[subject.id].push(await visit(subject, { clicks: true }, clickTime));
      if (subject.sends) measured.reads[subject.id].push(await visit(subject, { flags: true }, readTime));
    }
  }
  say('counting');
  for (const subject of subjects) measured.counts[subject.id] = await visit(subject, { count: true }, count);
  return measured;
}

/** @param {Visit} visit @returns {Promise<Times>} */
async function time(visit) {
  const times = { spaced: {}, returned: {}, ended: {} };
  await visit.capture('burst', 'mixed', WARM_UP_CALLS);
  for (const bag of SPACED_BAGS) times.spaced[bag] = await visit.capture('spaced', bag, SPACED_CALLS);
  for (const bag of Object.keys(BAGS)) {
    const { returned, ended } = await visit.capture('burst', bag, BURST_CALLS);
    times.returned[bag] = returned;
    times.ended[bag] = ended;
  }
  return times;
}

/** @param {Visit} visit @returns {Promise<{ returned: number, ended: number }>} */
async function clickTime(visit) {
  await visit.click(CLICKS);
  return visit.click(CLICKS);
}

/** @param {Visit} visit @returns {Promise<{ loaded: number, first: number }>} */
async function readTime(visit) {
  await visit.read(READS);
  return { loaded: await visit.read(READS), first: await visit.readFirst(ANSWERS) };
}

/** @param {Visit} visit @returns {Promise<Counts>} */
async function count(visit) {
  const before = await visit.counts();
  const since = (counts) => Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, n - before[name]]));
  const returned = since(await visit.capture('countedBurst', 'small', BURST_CALLS));
  return { returned, delivered: since(await visit.counts()) };
}
