/**
 * `cargo xtask bench backlog`: what waiting events cost the page. hoglet is measured beside itself, with none of them and with
 * many, for posthog-js keeps none that outlive a page. The figures go to the terminal.
 */

import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { open } from '../drivers/index.js';
import { startCollector } from '../support/collector.js';
import { init } from '../support/suite.js';
import { machine } from './machine.js';
import { summary } from './statistics.js';

/** How many events wait, and the app's own bytes in each, so that they are 5 MB together. */
const WAITING = 10_000;
const BYTES = 250;

/** Calls of one figure, each in a task of its own; a figure is their mean, and there are so many of each. */
const CALLS = 100;
const ROUNDS = 5;

const LARGE = 'x'.repeat(BYTES);

/** How far down the list of its times a call of storage is looked up, for the machine itself pauses now and then. */
const MOST = 0.99;

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const collector = await startCollector({ '/': folder('../e2e/pages'), '/bench': folder('pages') });
const browser = await open('chromium');
try {
  for (const [measure, figure] of await backlog()) console.log(`${measure.padEnd(76)} ${figure}`);
  const { chromium, hoglet, cores, processor } = machine(browser);
  console.log(`\nChromium ${chromium}, hoglet ${hoglet}, on ${cores} cores (${processor})`);
} finally {
  await browser.close();
  await collector.stop();
}

/** Measures everything. @returns {Promise<[string, string][]>} */
async function backlog() {
  const tab = await browser.newTab();
  const token = () => `phc_bench_${randomBytes(6).toString('hex')}`;
  const visit = async (token) => {
    await tab.go(`${collector.url}/lazy.html`);
    await tab.waitFor(() => window.hoglet !== undefined);
    await watch(tab);
    await init(tab, token, { batch_interval: 60_000, batch_size: 1000 });
    await tab.evaluate(() => hoglet.load());
  };

  const [idle, busy] = [token(), token()];
  await visit(idle);
  await spaced(tab, CALLS);
  const none = await rounds(() => flushedThen(tab, () => spaced(tab, CALLS)));

  await collector.faults([{ path: '/e/', down: true }]);
  await visit(busy);
  const before = await wasmBytes(tab);
  await tab.evaluate(
    async (count, text) => {
      // In tasks of 100, as pages do.
      for (let at = 0; at < count; at += 100) {
        for (let more = 0; more < 100; more += 1) hoglet.capture('waiting', { text });
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    WAITING,
    LARGE,
  );
  const json = await tab.evaluate(() => {
    const [event] = hoglet._events_queue;
    return JSON.stringify(event).length;
  });
  const memory = ((await wasmBytes(tab)) - before) / (json * WAITING);
  const many = await rounds(() => spaced(tab, CALLS));
  const writes = await tab.evaluate(() => window.writeTimes.toSorted((a, b) => a - b));
  const written = writes[Math.floor((writes.length - 1) * MOST)];

  // Everything has to be in the archive before the page is left for good.
  await tab.waitFor((token) => !Object.keys(localStorage).some((key) => key.startsWith(`hoglet_outbox_${token}`)), busy);
  const starts = { [busy]: [], [idle]: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const token of [busy, idle]) starts[token].push(await start(tab, token));
  }
  await collector.clearFaults();
  const figure = (token, name) => summary(starts[token].map((start) => start[name]));
  const told = ({ median, lowest, highest }) =>
    `${median.toFixed(1)} (${lowest.toFixed(1)} to ${highest.toFixed(1)})`;
  const waiting = WAITING.toLocaleString('en');
  return [
    ['capture(), one in a task, with nothing waiting, µs', told(none)],
    [`… with ${waiting} events waiting, µs`, told(many)],
    ['… the ratio of the medians; the limit is 1.2', (many.median / none.median).toFixed(2)],
    [`wasm memory for ${waiting} waiting events, over their JSON; the limit is 3`, memory.toFixed(2)],
    [`calls of localStorage, the longest of 99 %, ms; the limit is 1 (of ${writes.length})`, written.toFixed(2)],
    ['start with nothing waiting: first paint, ms', told(figure(idle, 'paint'))],
    [`… with 5 MB waiting: first paint, ms`, told(figure(busy, 'paint'))],
    ['start with nothing waiting: the first capture(), µs', told(figure(idle, 'capture'))],
    ['… with 5 MB waiting: the first capture(), µs', told(figure(busy, 'capture'))],
  ];
}

/** Counts from here on what the core's memory and the page's storage are used for. */
function watch(tab) {
  return tab.evaluate(async () => {
    const { wasmBytes, watchWasm } = await import('/bench/wasm-memory.js');
    watchWasm();
    window.wasmBytes = wasmBytes;
    window.writeTimes = [];
    for (const method of ['setItem', 'removeItem']) {
      const original = Storage.prototype[method];
      Storage.prototype[method] = function (...args) {
        const began = performance.now();
        const result = original.apply(this, args);
        window.writeTimes.push(performance.now() - began);
        return result;
      };
    }
  });
}

function wasmBytes(tab) {
  return tab.evaluate(() => window.wasmBytes());
}

async function rounds(measure) {
  const figures = [];
  for (let round = 0; round < ROUNDS; round += 1) figures.push(await measure());
  return summary(figures);
}

async function flushedThen(tab, measure) {
  await tab.evaluate(() => hoglet.flush());
  return measure();
}

/** Microseconds of one call until it returns, as the mean of so many, each in a task of its own. */
function spaced(tab, calls) {
  return tab.evaluate(async (calls) => {
    let total = 0;
    const { port1, port2 } = new MessageChannel();
    port1.start();
    for (let call = 0; call < calls; call += 1) {
      const began = performance.now();
      hoglet.capture('measured', { call, plan: 'free', on: true });
      total += performance.now() - began;
      await new Promise((resolve) => {
        port1.onmessage = resolve;
        port2.postMessage(0);
      });
    }
    return (total * 1000) / calls;
  }, calls);
}

/** A page that is opened, with the core fetched at once. */
async function start(tab, token) {
  await tab.go(`${collector.url}/lazy.html`);
  await tab.waitFor(() => window.hoglet !== undefined);
  await init(tab, token, { load: 'eager' });
  await tab.evaluate(() => hoglet.load());
  const capture = await tab.evaluate(() => {
    const began = performance.now();
    hoglet.capture('measured');
    return (performance.now() - began) * 1000;
  });
  const paint = await tab.evaluate(
    () =>
      new Promise((resolve) => {
        document.body.append('painted');
        requestAnimationFrame(() => setTimeout(() => resolve(performance.getEntriesByType('paint')[0]?.startTime ?? 0)));
      }),
  );
  return { capture, paint };
}
