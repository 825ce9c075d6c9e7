import { randomBytes } from 'node:crypto';

import { eventually } from '../support/eventually.js';
import { hasEvents } from './site.js';

/** The name of the events that are measured, which no SDK sends by itself. */
const EVENT = 'measured';

/** The flags of the project of a visit that reads flags: every other has variants, and all are on. */
export const FLAGS = Array.from({ length: 50 }, (_, number) => `flag-${number}`);

const everybody = [{ properties: [], rollout_percentage: 100 }];
const variants = { variants: [{ key: 'test', rollout_percentage: 100 }] };

/** How long events may take that are sent one after the other. */
const PATIENCE_MS = 60_000;

/** The event of a click. */
const CLICK = '$autocapture';

/** One visit to the page with one subject: what it is asked to do there, and whether its events arrive. */
export class Visit {
  #tab;
  #collector;
  #subject;
  #token = `phc_bench_${randomBytes(6).toString('hex')}`;
  #event = EVENT;
  #delivered = 0;

  /** How many bytes the requests had together that brought what was captured last. */
  bytes = 0;

  /**
   * @param {import('../drivers/tab.js').Tab} tab
   * @param {import('../support/collector.js').Collector} collector
   * @param {import('./subjects.js').Subject} subject
   */
  constructor(tab, collector, subject) {
    this.#tab = tab;
    this.#collector = collector;
    this.#subject = subject;
  }

  /**
   * Goes to the page; counts what happens there, knows what wasm takes, has clicks captured, or has flags defined and known, if
   * asked.
   *
   * @param {{ count?: boolean, memory?: boolean, clicks?: boolean, flags?: boolean }} [options]
   */
  async begin({ count = false, memory = false, clicks = false, flags = false } = {}) {
    this.#event = clicks ? CLICK : EVENT;
    const query = new URLSearchParams({ subject: this.#subject.id, token: this.#token, event: EVENT });
    if (count) query.set('count', '');
    if (memory) query.set('memory', '');
    if (clicks) query.set('clicks', '');
    if (flags) {
      query.set('flags', '');
      for (const [number, key] of FLAGS.entries()) {
        const multivariate = number % 2 ? variants : null;
        await this.#collector.defineFlag(this.#token, key, { filters: { groups: everybody, multivariate } });
      }
    }
    await this.#tab.go(`${this.#collector.url}/page.html?${query}`);
    await this.#tab.waitFor(() => window.bench !== undefined);
  }

  /**
   * Has the page make so many calls, and waits until their events have arrived, so that none of them is in the way of
   * what comes next.
   *
   * @param {'spaced' | 'burst' | 'tasks' | 'countedBurst'} way
   * @param {string} bag
   * @param {number} calls
   * @param {number} [tasks] that the calls are made in, where the way leaves that open
   * @returns {Promise<any>} what the page gives for it
   * @throws {ControlError}
   */
  async capture(way, bag, calls, tasks) {
    const result = await this.call(way, bag, calls, tasks);
    if (this.#subject.sends) {
      await this.#arrive(calls);
      this.#delivered += calls;
    }
    return result;
  }

  /** Has the page make so many calls, of which nothing is expected to arrive. */
  async call(way, bag, calls, tasks) {
    return this.#tab.evaluate((way, ...args) => window.bench[way](...args), way, bag, calls, tasks);
  }

  /** Clicks so often, and waits until the events have arrived. @param {number} calls @returns {Promise<any>} what the page gives for it */
  async click(calls) {
    const result = await this.#tab.evaluate((calls) => window.bench.clicks(calls), calls);
    if (this.#subject.sends) {
      await this.#arrive(calls);
      this.#delivered += calls;
    }
    return result;
  }

  /** Reads so many flags, on a visit begun for that. @param {number} calls @returns {Promise<number>} nanoseconds a call */
  async read(calls) {
    return this.#tab.evaluate((keys, calls) => window.bench.reads(keys, calls), FLAGS, calls);
  }

  /** Reads a flag after each of so many answers of the server. @param {number} answers @returns {Promise<number>} nanoseconds a call */
  async readFirst(answers) {
    return this.#tab.evaluate((key, answers) => window.bench.firstReads(key, answers), FLAGS[0], answers);
  }

  /** What has been counted, on a visit begun for that. @returns {Promise<Record<string, number>>} */
  async counts() {
    return this.#tab.evaluate(() => window.bench.counts());
  }

  /** How much memory the page takes, that of wasm included, on a visit begun for that. @returns {Promise<number>} bytes */
  async memory() {
    return (await this.#tab.memoryBytes()) + (await this.#tab.evaluate(() => window.bench.wasmBytes()));
  }

  /** How many events were captured. Each of them has arrived, once. @throws {ControlError} */
  async end() {
    await this.#arrive(0);
    return this.#delivered;
  }

  /** Waits for so many events; the next wait begins without them. */
  async #arrive(expected) {
    if (this.#subject.isPosthog) await this.#areReceived(expected);
    else await eventually(() => this.#haveLeft(), Boolean, 'empty queues', PATIENCE_MS);
    const requests = (await this.#collector.requests()).filter(hasEvents);
    this.bytes = requests.reduce((sum, { bytes }) => sum + bytes, 0);
    await this.#collector.clear();
  }

  /** The collector knows no events but PostHog's. What Snowplow stores are the events that were not accepted yet. */
  async #haveLeft() {
    return this.#tab.evaluate(() => {
      const queues = Object.keys(localStorage).filter((key) => key.startsWith('snowplowOutQueue'));
      return queues.every((key) => JSON.parse(localStorage[key]).length === 0);
    });
  }

  async #areReceived(expected) {
    const receipts = async () =>
      (await this.#collector.receipts({ token: this.#token })).filter(({ event }) => event === this.#event);
    const accepted = (arrivals) => new Set(arrivals.filter(({ status }) => status === 200).map(({ uuid }) => uuid)).size;
    // Too few are reported below, as too many are.
    await eventually(receipts, (arrivals) => accepted(arrivals) >= expected, 'every event').catch(() => {});
    const arrivals = await receipts();
    if (arrivals.length !== expected || accepted(arrivals) !== expected) {
      throw new ControlError(
        `of ${expected} events of ${this.#subject.title} ${accepted(arrivals)} were accepted, ` +
          `and ${arrivals.length} arrivals were seen`,
      );
    }
  }
}

/** Not every event arrived exactly once. */
export class ControlError extends Error {
  constructor(message) {
    super(`the figures do not count, for on a healthy network every event must arrive once: ${message}`);
  }
}
