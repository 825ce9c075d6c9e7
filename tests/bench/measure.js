import { footprint, memory, waiting } from './footprint.js';
import { load } from './loading.js';
import {
  ANSWERS, BAGS, BURST_CALLS, CLICKS, MEMORY_ROUNDS, READS, SPACED_BAGS, SPACED_CALLS, WARM_UP_CALLS,
} from './plan.js';
import { EMPTY_PAGE, SUBJECTS } from './subjects.js';
import { Visit } from './visit.js';

/**
 * @typedef {object} Times in microseconds per call, for each bag
 * @property {Record<string, number>} spaced one call in a task, until it returns
 * @property {Record<string, number>} returned many calls in one task, until the last returns
 * @property {Record<string, number>} ended the same, until the task's microtasks have run as well
 */

/**
 * What was measured, for each subject that it applies to and for each round.
 *
 * @typedef {object} Measured
 * @property {Record<string, import('./loading.js').Loading[]>} loading by the ways of loading
 * @property {Record<string, Times[]>} times
 * @property {Record<string, { returned: number, ended: number }[]>} clicks microseconds of one on a large page, until the
 *   listeners have run, and until the microtasks have too
 * @property {Record<string, { loaded: number, first: number }[]>} reads nanoseconds of reading one of 50 flags, and of reading one
 *   first after an answer of the server
 * @property {Record<string, import('./footprint.js').Footprint[]>} footprint
 * @property {Record<string, import('./footprint.js').Memory[]>} memory
 * @property {Record<string, number[]>} waiting microseconds of one call while many events wait
 * @property {Record<string, Counts[]>} counts
 * @property {Record<string, number>} delivered how many events of each subject arrived, which are all
 */

/**
 * @typedef {object} Counts what a burst of events with a small bag causes
 * @property {Record<string, number>} returned until the last call returns
 * @property {Record<string, number>} delivered until the events have arrived
 */

const MEASURES = ['loading', 'times', 'clicks', 'reads', 'footprint', 'memory', 'waiting', 'counts', 'delivered'];

const ALL = Object.values(SUBJECTS);
const SENDING = ALL.filter(({ sends }) => sends);
const BURSTING = SENDING.filter(({ hasBursts }) => hasBursts);
const POSTHOG = ALL.filter(({ isPosthog }) => isPosthog);

/**
 * Measures every subject in one browser, in turns, so that what changes on the machine meanwhile changes all alike.
 *
 * @param {import('../drivers/index.js').Browser} browser
 * @param {import('../support/collector.js').Collector} collector
 * @param {number} rounds
 * @param {(progress: string) => void} say
 * @returns {Promise<Measured>}
 * @throws {import('./visit.js').ControlError}
 */
export async function measure(browser, collector, rounds, say) {
  const measured = Object.fromEntries(MEASURES.map((name) => [name, {}]));
  const note = (measure, id, figures) => (measured[measure][id] ??= []).push(figures);
  const tab = await browser.newTab();

  const visit = async (subject, options, work) => {
    const visit = new Visit(tab, collector, subject);
    await visit.begin(options);
    const result = await work(visit, subject);
    if (subject.sends) measured.delivered[subject.id] = (measured.delivered[subject.id] ?? 0) + (await visit.end());
    return result;
  };
  /** One visit with each of the subjects, another of which is the first each time. */
  const turns = async (round, subjects, measure, options, work) => {
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const subject = subjects[(round + turn) % subjects.length];
      note(measure, subject.id, await visit(subject, options, work));
    }
  };

  // What is loaded first in a browser pays for what the browser itself has yet to begin: that is nobody's figure.
  await load(browser, collector, 0);
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    for (const [way, loading] of Object.entries(await load(browser, collector, round))) note('loading', way, loading);
    await turns(round, ALL, 'times', {}, time);
    await turns(round, [...POSTHOG, SUBJECTS.floor], 'clicks', { clicks: true }, clickTime);
    await turns(round, POSTHOG, 'reads', { flags: true }, readTime);
    await turns(round, [...SENDING, EMPTY_PAGE], 'footprint', {}, (visit, subject) => footprint(visit, tab, subject));
    if (round < MEMORY_ROUNDS) {
      for (const subject of [...BURSTING, EMPTY_PAGE]) {
        // What a page leaves behind is in the memory of the next.
        const fresh = await browser.newTab();
        const visit = new Visit(fresh, collector, subject);
        await visit.begin({ memory: true });
        note('memory', subject.id, await memory(visit));
        await fresh.close();
      }
    }
  }
  say('counting');
  await turns(0, BURSTING, 'counts', { count: true }, count);
  say('with events that wait');
  for (const subject of [SUBJECTS.hoglet, SUBJECTS.posthog]) {
    // What waits for good is in nobody's way, for each visit has a project of its own.
    const visit = new Visit(tab, collector, subject);
    await visit.begin();
    note('waiting', subject.id, await waiting(visit, collector));
  }
  return measured;
}

/** @param {Visit} visit @param {import('./subjects.js').Subject} subject @returns {Promise<Times>} */
async function time(visit, { hasBursts }) {
  const times = { spaced: {}, returned: {}, ended: {} };
  await visit.capture('spaced', 'mixed', WARM_UP_CALLS);
  for (const bag of SPACED_BAGS) times.spaced[bag] = await visit.capture('spaced', bag, SPACED_CALLS);
  if (!hasBursts) return times;
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
