import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';

import { eventually } from '../support/eventually.js';
import { SLOW_DOWN } from './plan.js';
import { hasEvents } from './site.js';
import { EMPTY_PAGE, SUBJECTS } from './subjects.js';

/** How SDKs are loaded: each as it is by default, and hoglet also as soon as it can be. */
const LOADINGS = [
  ...Object.values(SUBJECTS)
    .filter(({ sends }) => sends)
    .map(({ id }) => ({ name: id, id: id.replace('-latest', ''), own: id.endsWith('-latest') ? { defaults: 'latest' } : {} })),
  { name: 'hoglet-eager', id: 'hoglet', own: { load: 'eager' } },
  { name: EMPTY_PAGE.id, id: EMPTY_PAGE.id, own: {} },
];

/** The names of loadings, which are the ids of subjects, and more. */
export const LOADED = LOADINGS.map(({ name }) => name);

/**
 * @typedef {object} Loading what it takes from the import until the collector has the first event
 * @property {number} received how long, in milliseconds
 * @property {number} busy how long the main thread was busy meanwhile, in milliseconds
 * @property {number} longest the longest of the tasks that the browser calls long, in milliseconds; 0 if there was none
 * @property {number} longTasks how many of them there were
 * @property {number} init how long `init()` took to return, in milliseconds
 * @property {number} criticalBytes of the scripts that came with the import, compressed
 * @property {number} bytes of all scripts
 */

/** Compressed scripts by their addresses without the server's, for they are the same each time. @type {Map<string, number>} */
const compressed = new Map();

/**
 * Opens pages one after the other, each in a tab of its own in which nothing is cached or compiled yet, and slowed down.
 *
 * @param {import('../drivers/index.js').Browser} browser
 * @param {import('../support/collector.js').Collector} collector
 * @param {number} first which way of loading comes first
 * @returns {Promise<Record<string, Loading>>} by the names of the ways
 */
export async function load(browser, collector, first) {
  const loadings = {};
  for (let turn = 0; turn < LOADINGS.length; turn += 1) {
    const loading = LOADINGS[(first + turn) % LOADINGS.length];
    const tab = await browser.newTab();
    loadings[loading.name] = await loadIn(tab, collector, loading);
    await tab.close();
  }
  return loadings;
}

/** @returns {Promise<Loading>} */
async function loadIn(tab, collector, { id, own }) {
  await collector.clear();
  await tab.disableCache();
  await tab.throttleCpu(SLOW_DOWN);
  await tab.go(`${collector.url}/loading.html`);
  await tab.waitFor(() => window.isReady);
  const token = `phc_bench_${randomBytes(6).toString('hex')}`;

  const before = await tab.taskMillis();
  await tab.evaluate((id, token, own) => window.arrive(id, token, own), id, token, own);
  const received =
    id === EMPTY_PAGE.id
      ? undefined
      : await eventually(async () => (await collector.requests()).find(hasEvents), Boolean, `the first event of ${id}`);
  const busy = (await tab.taskMillis()) - before;

  const { began, init, critical, scripts, longTasks } = await tab.evaluate(() => window.arrived());
  const end = received ? Date.parse(received.received_at) - began : 0;
  const long = longTasks.filter(({ at }) => at < end).map(({ duration }) => duration);
  return {
    received: end,
    busy,
    init,
    longest: Math.max(0, ...long),
    longTasks: long.length,
    criticalBytes: await weigh(critical),
    bytes: await weigh(scripts),
  };
}

/** How many bytes scripts are together, each compressed as a server does at its best. @param {string[]} addresses */
async function weigh(addresses) {
  let bytes = 0;
  for (const address of addresses) {
    // A project's config is a script, too.
    const path = new URL(address).pathname.replace(/phc_\w+/, '');
    if (!compressed.has(path)) {
      const response = await fetch(address);
      compressed.set(path, response.ok ? brotliCompressSync(Buffer.from(await response.arrayBuffer())).length : 0);
    }
    bytes += compressed.get(path);
  }
  return bytes;
}
