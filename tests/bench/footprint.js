/** What events cost a page beyond their calls: its main thread, its memory, its network. */

import { BURST_CALLS, FEW, MANY, SPACED_CALLS, TASKS, TASK_CALLS, WAITING, WAITING_TASKS } from './plan.js';
import { cutNetwork, restoreNetwork } from './site.js';

/** What an SDK still does once its events have arrived, it has begun by then, in milliseconds: hoglet tidies up after one second. */
const AFTERMATH_MS = 1_500;

/**
 * @typedef {object} Footprint
 * @property {number} tasks microseconds of the main thread for an event, of few in a task, with all that follows
 * @property {number | undefined} burst the same of many in a task
 * @property {number} lone bytes of the request for an event that is alone
 * @property {number} bytes bytes of the requests for an event, of few in a task
 * @property {number | undefined} burstBytes the same of many in a task
 */

/**
 * @param {import('./visit.js').Visit} visit
 * @param {import('../drivers/tab.js').Tab} tab
 * @param {import('./subjects.js').Subject} subject
 * @returns {Promise<Footprint>}
 */
export async function footprint(visit, tab, { hasBursts }) {
  const costs = async (calls, tasks) => {
    const before = await tab.taskMillis();
    await visit.capture('tasks', 'small', calls, tasks);
    const { bytes } = visit;
    await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
    const busy = (await tab.taskMillis()) - before;
    return { micros: (busy * 1_000) / calls, bytes: bytes / calls };
  };
  await visit.capture('tasks', 'small', TASK_CALLS * TASKS, TASKS);
  const lone = await costs(1, 1);
  const tasks = await costs(TASK_CALLS * TASKS, TASKS);
  const burst = hasBursts ? await costs(BURST_CALLS, 1) : undefined;
  return { tasks: tasks.micros, burst: burst?.micros, lone: lone.bytes, bytes: tasks.bytes, burstBytes: burst?.bytes };
}

/** @typedef {{ few: number, many: number }} Memory bytes of the page, that of wasm included, after few events and after many */

/** @param {import('./visit.js').Visit} visit begun for that @returns {Promise<Memory>} */
export async function memory(visit) {
  const captured = async (events) => {
    for (let at = 0; at < events; at += BURST_CALLS) await visit.capture('tasks', 'small', BURST_CALLS, 10);
    return visit.memory();
  };
  return { few: await captured(FEW), many: await captured(MANY - FEW) };
}

/**
 * Microseconds of one call in a task until it returns, while events wait for a server that cannot be reached.
 *
 * @param {import('./visit.js').Visit} visit
 * @param {import('../support/collector.js').Collector} collector
 */
export async function waiting(visit, collector) {
  await cutNetwork(collector);
  try {
    await visit.call('tasks', 'small', WAITING, WAITING_TASKS);
    return await visit.call('spaced', 'small', SPACED_CALLS);
  } finally {
    await restoreNetwork(collector);
  }
}
