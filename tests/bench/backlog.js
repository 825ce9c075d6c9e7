/**
 * What waiting events cost the page: hoglet beside itself, with none of them and with many, for posthog-js keeps none that
 * outlive a page.
 */

import { randomBytes } from 'node:crypto';

import { init } from '../support/suite.js';
import { summary } from './statistics.js';

/** How many events wait, and the app's own bytes in each, so that they are 5 MB together. */
const WAITING = 10_000;
const BYTES = 250;

/** Calls of one figure, each in a task of its own; a figure is their mean, and there are so many of each. */
const CALLS = 100;
const ROUNDS = 5;

const LARGE = 'x'.repeat(BYTES);

/**
 * @typedef {object} Backlog
 * @property {Figure} none `capture()` with nothing waiting, in microseconds
 * @property {Figure} many the same with 10,000 events waiting
 * @property {number} memory bytes of wasm memory that 10,000 waiting events take, for each byte of their JSON
 * @property {number} longestWrite the longest call of localStorage meanwhile, in milliseconds
 * @property {Figure} emptyStart first paint of a page with nothing waiting from earlier pages, in milliseconds
 * @property {Figure} fullStart the same with 5 MB waiting
 * @property {Figure} emptyCapture the first `capture()` there, in microseconds
 * @property {Figure} fullCapture the same with 5 MB waiting
 *
 * @typedef {ReturnType<typeof summary>} Figure
 */

/**
 * @param {import('../drivers/index.js').Browser} browser
 * @param {import('../support/collector.js').Collector} collector serves the package and a page with the lazy entry
 * @returns {Promise<Backlog>}
 */
export async function backlog(browser, collector) {
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
  const longestWrite = await tab.evaluate('longestWrite');

  // Everything has to be in the archive before the page is left for good.
  await tab.waitFor((token) => !Object.keys(localStorage).some((key) => key.startsWith(`hoglet_outbox_${token}`)), busy);
  const starts = { [busy]: [], [idle]: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const token of [busy, idle]) starts[token].push(await start(tab, collector, token));
  }
  await collector.clearFaults();
  const figure = (token, name) => summary(starts[token].map((start) => start[name]));
  return {
    none,
    many,
    memory,
    longestWrite,
    emptyStart: figure(idle, 'paint'),
    fullStart: figure(busy, 'paint'),
    emptyCapture: figure(idle, 'capture'),
    fullCapture: figure(busy, 'capture'),
  };
}

/** Counts from here on what the core's memory and the page's storage are used for. */
const watch = (tab) =>
  tab.evaluate(() => {
    window.longestWrite = 0;
    for (const method of ['setItem', 'removeItem']) {
      const original = Storage.prototype[method];
      Storage.prototype[method] = function (...args) {
        const began = performance.now();
        const result = original.apply(this, args);
        window.longestWrite = Math.max(window.longestWrite, performance.now() - began);
        return result;
      };
    }
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (...args) {
      const instance = new Instance(...args);
      window.wasmMemory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      return instance;
    };
  });

const wasmBytes = (tab) => tab.evaluate(() => window.wasmMemory.buffer.byteLength);

async function rounds(measure) {
  const figures = [];
  for (let round = 0; round < ROUNDS; round += 1) figures.push(await measure());
  return summary(figures);
}

const flushedThen = async (tab, measure) => {
  await tab.evaluate(() => hoglet.flush());
  return measure();
};

/** Microseconds of one call until it returns, as the mean of so many, each in a task of its own. */
const spaced = (tab, calls) =>
  tab.evaluate(async (calls) => {
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

/** A page that is opened, with the core fetched at once. */
async function start(tab, collector, token) {
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
