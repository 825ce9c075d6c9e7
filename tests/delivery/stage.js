/** Where a scenario is played: a collector of its own, so that nothing of another's is stored for its origin, and tabs. */

import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { open } from '../drivers/index.js';
import { removeFolder, temporaryFolder } from '../drivers/processes.js';
import { startCollector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';

const PAGES = fileURLToPath(new URL('pages', import.meta.url));

const TOKEN = 'phc_delivery';

/**
 * @typedef {object} Setting
 * @property {import('../drivers/index.js').Browser} browser
 * @property {'hoglet' | 'posthog-js'} sdk
 * @property {object} [config] settings of the SDK beside the defaults
 * @property {number} [outage] how long a fault lasts, after it was met for the first time, that is to last a while, in
 *   milliseconds
 * @property {string} [sdkPackage] the folder of hoglet's package
 */

export class Stage {
  #setting;
  #collector;
  /** The browser that the scenario has for itself, if it needs one, and its profile. */
  #own;
  #profile;
  /** The tabs that are open, and the number of the page with the SDK that each was brought to, if it was. */
  #tabs = new Map();
  #pages = 0;
  #captured = 0;
  #leavings = new Map();
  #arrived = [];
  #warnings = [];
  #lastEvent = 0;

  /** @param {Setting} setting */
  constructor(setting) {
    this.#setting = setting;
  }

  /** @param {Setting} setting */
  static async set(setting) {
    const stage = new Stage(setting);
    const mounts = setting.sdkPackage ? { '/hoglet': setting.sdkPackage } : {};
    stage.#collector = await startCollector({ '/': PAGES, ...mounts });
    return stage;
  }

  /** Ends everything that was begun here. */
  async strike() {
    if (this.#own) await this.#own.kill();
    else for (const tab of this.#tabs.keys()) await tab.close();
    if (this.#profile) removeFolder(this.#profile);
    await this.#collector.stop();
  }

  get collector() {
    return this.#collector;
  }

  /** How many events were captured. */
  get captured() {
    return this.#captured;
  }

  /** When pages were left, in milliseconds since the epoch, by their numbers. */
  get leavings() {
    return this.#leavings;
  }

  /** The events that were captured and have arrived. */
  async arrived() {
    const events = await this.#collector.events({ after: this.#lastEvent });
    this.#lastEvent = events.at(-1)?.id ?? this.#lastEvent;
    this.#arrived.push(...events.filter(({ event }) => event === 'captured'));
    this.#warnings.push(...events.filter(({ event }) => event === '$$client_ingestion_warning'));
    return this.#arrived;
  }

  /** What the SDK has told of events that it has dropped. */
  async warnings() {
    await this.arrived();
    return this.#warnings.map(({ properties }) => properties.$$client_ingestion_warning_message);
  }

  /** The address of another page of the site. @param {object} [config] more settings of the SDK */
  visitAddress(config = {}) {
    this.#pages += 1;
    const query = new URLSearchParams({
      sdk: this.#setting.sdk,
      token: TOKEN,
      config: JSON.stringify({ ...this.#setting.config, ...config }),
      page: this.#pages,
    });
    return `${this.#collector.url}/visit.html?${query}`;
  }

  /** Visits another page of the site, in a tab or a new one. */
  async visit(tab, config) {
    const there = await this.#go(tab, this.visitAddress(config), () => window.site !== undefined);
    this.#tabs.set(there, this.#pages);
    return there;
  }

  /** Visits a page of the site without the SDK. */
  async visitPlain(tab) {
    return this.#go(tab, `${this.#collector.url}/plain.html`, () => window.fillLocalStorage !== undefined);
  }

  /** Captures events in one task. */
  async capture(tab, count, bytes) {
    await this.during(tab, { count, bytes }, ({ first, count, bytes }) => site.capture(first, count, bytes));
  }

  /**
   * Captures events in a task in which more is done.
   *
   * @param {import('../drivers/tab.js').Tab} tab
   * @param {{ count: number, bytes?: number }} events how many, and how large each
   * @param {Function} script gets `first`, `count` and `bytes` for `site.capture`, and what else
   * @param {object} [more]
   */
  async during(tab, events, script, more = {}) {
    return tab.evaluate(script, { ...this.#next(events), ...more });
  }

  /** Visits a page that captures events as soon as it can and goes on to another in the same task. */
  async hurry(tab, count) {
    const hasty = new URL(this.visitAddress());
    this.leaving();
    const address = this.visitAddress();
    hasty.searchParams.set('hasty', JSON.stringify({ ...this.#next({ count }), address }));
    await tab.evaluate((hasty) => location.assign(hasty), hasty.href);
    await tab.waitFor((address) => location.href === address && window.site !== undefined, address);
  }

  /**
   * To be called before a page ends, without a number the last: what it sends at its end may be sent again, for nobody
   * hears the answer.
   */
  leaving(page = this.#pages) {
    this.#leavings.set(page, Date.now());
  }

  async close(tab) {
    this.leaving(this.#tabs.get(tab));
    this.#tabs.delete(tab);
    await tab.close();
  }

  async killRenderer(tab) {
    this.leaving(this.#tabs.get(tab));
    await tab.killRenderer();
    this.#tabs.delete(tab);
    await tab.close();
  }

  /** From here on the scenario has a browser for itself. */
  async takeBrowser() {
    this.#profile = temporaryFolder('delivery');
    await this.#open();
  }

  /** Ends the scenario's own browser by SIGKILL, and opens it again on the same profile. */
  async killBrowser() {
    for (const page of this.#tabs.values()) this.leaving(page);
    const killed = this.#own;
    this.#own = undefined;
    this.#tabs.clear();
    await killed.kill();
    await this.#open();
  }

  /** Has requests for events fail by a rule until `heal`. */
  async fail(rule) {
    const paths = rule.down ? [undefined] : ['/e/', '/i/v0/e/'];
    await this.#collector.faults(paths.map((path) => ({ path, ...rule })));
  }

  async heal() {
    await this.#collector.clearFaults();
  }

  /** Lets a fault last a while, or several. */
  async endure(times = 1) {
    await pass(times * (this.#setting.outage ?? 0));
  }

  /** Waits until so many requests for events have failed. */
  async met(count) {
    await eventually(
      () => this.#collector.requests(),
      (requests) => requests.filter(isFailure).length >= count,
      `${count} requests that fail`,
    );
  }

  /**
   * Waits until everything has arrived, but no longer than that, and until the SDK has nothing left to deliver.
   *
   * @param {number} patience in milliseconds
   * @returns {Promise<number>} how much the SDK has left, in spite of the wait
   */
  async settle(patience) {
    const arrived = () => this.arrived();
    await eventually(arrived, ({ length }) => length >= this.#captured, 'everything', patience).catch(() => {});
    const left = async () => {
      const tabs = [...this.#tabs.keys()];
      const counts = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.site?.left() ?? 0)));
      return Math.max(0, ...counts);
    };
    return eventually(left, (count) => count === 0, 'nothing left', patience).catch(left);
  }

  /** The numbers of the next events to be captured. */
  #next({ count, bytes = 100 }) {
    const first = this.#captured;
    this.#captured += count;
    return { first, count, bytes };
  }

  async #open() {
    this.#own = await open(this.#setting.browser.engine, { profile: this.#profile });
  }

  async #go(tab, address, isThere) {
    const there = tab ?? (await (this.#own ?? this.#setting.browser).newTab());
    this.#tabs.set(there, undefined);
    await there.go(address);
    await there.waitFor(isThere);
    return there;
  }
}

/** Whether a request of the SDK for its events came to nothing. */
function isFailure({ method, path, status }) {
  return method === 'POST' && /^\/(i\/v0\/)?e\//.test(path) && (status < 200 || status >= 300);
}
