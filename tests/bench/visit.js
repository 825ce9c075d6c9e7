import { randomBytes } from 'node:crypto';

import { eventually } from '../support/eventually.js';

/** One visit to the page with one subject: what it is asked to do there, and whether its events arrive. */
export class Visit {
  #tab;
  #collector;
  #subject;
  #token = `phc_bench_${randomBytes(6).toString('hex')}`;
  #sent = 0;

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

  /** Goes to the page. @param {{ count?: boolean }} [options] */
  async begin({ count = false } = {}) {
    const query = new URLSearchParams({ subject: this.#subject.name, token: this.#token, ...(count && { count }) });
    await this.#tab.go(`${this.#collector.url}/page.html?${query}`);
    await this.#tab.waitFor(() => window.bench !== undefined);
  }

  /**
   * Has the page make so many calls, and waits until their events have arrived, so that none of them is in the way of
   * what comes next.
   *
   * @param {'spaced' | 'burst' | 'countedBurst'} way
   * @param {string} bag
   * @param {number} calls
   */
  async capture(way, bag, calls) {
    const result = await this.#tab.evaluate((way, bag, calls) => window.bench[way](bag, calls), way, bag, calls);
    if (this.#subject.sends) {
      this.#sent += calls;
      await this.#delivered(`${way} of ${bag}`);
    }
    return result;
  }

  /** What has been counted, on a visit begun for that. */
  async counts() {
    return this.#tab.evaluate(() => window.bench.counts());
  }

  /** How many events were captured, all of which have arrived once. */
  async end() {
    const receipts = await this.#collector.receipts({ token: this.#token });
    const uuids = new Set(receipts.map(({ uuid }) => uuid));
    if (receipts.length !== this.#sent || uuids.size !== this.#sent) {
      throw new ControlError(this.#subject, `${receipts.length} arrivals of ${uuids.size} events, not ${this.#sent}`);
    }
    await this.#collector.clear();
    return this.#sent;
  }

  async #delivered(what) {
    const arrived = async () => {
      const requests = await this.#collector.requests({ token: this.#token });
      return requests.filter(({ status }) => status === 200).reduce((sum, { events }) => sum + events, 0);
    };
    try {
      await eventually(arrived, (events) => events >= this.#sent, what);
    } catch (cause) {
      throw new ControlError(this.#subject, `${await arrived()} of ${this.#sent} events have arrived after ${what}`, {
        cause,
      });
    }
  }
}

/** Not every event of a subject arrived exactly once, although nothing was wrong with the network. */
export class ControlError extends Error {
  constructor(subject, message, options) {
    super(`the figures do not count, because events of ${subject.name} were lost or doubled: ${message}`, options);
  }
}
