import { newToken } from '../../support/suite.js';

/**
 * @typedef {object} Arrival how a visitor comes to the page
 * @property {string} [address] what follows the page's path: `?utm_source=…`
 * @property {string} [referrer] what `document.referrer` is to say
 * @property {Function | string} [before] runs in the page before an SDK is there; gets the token
 * @property {object | Function | false} [settings] of the SDK, or a function that makes them in the page from the
 *   token; `false`: it is not initialised
 * @property {boolean} [flags] whether the server is asked for flags, and its answer awaited; `withFlags` has more settings
 * @property {string} [token] default the visitor's own
 * @property {string} [sdk] default the visitor's
 * @property {number} [tab] 0 or 1, default 0
 */

/** The tabs of all visitors, one after the other: opening one costs as much as a whole visit. */
export class Tabs {
  #world;
  #tabs = [];

  constructor(world) {
    this.#world = world;
  }

  async get(number) {
    this.#tabs[number] ??= await this.#world.browser.newTab();
    return this.#tabs[number];
  }

  /** Has nothing run in tabs but the first, where the next visitor begins. */
  async leave() {
    for (const tab of this.#tabs.slice(1)) await tab.go(this.#world.page('away.html'));
  }
}

/** Somebody of whom nothing is stored, who goes through a script with one SDK, and what is seen of that. */
export class Visitor {
  #world;
  #tabs;
  #sdk;
  /** The tabs in which this visitor has been. */
  #known = new Set();
  #tab;
  #steps = [];

  /**
   * @param {Tabs} tabs
   * @param {string} sdk 'hoglet' or 'posthog-js'
   */
  constructor(world, tabs, sdk) {
    this.#world = world;
    this.#tabs = tabs;
    this.#sdk = sdk;
    this.token = newToken('either');
  }

  /** Comes to the page, from wherever they were, and initialises the SDK there. @param {Arrival} [arrival] */
  async arrives(arrival = {}) {
    const { address = '', referrer, before, settings, flags, tab = 0, token = this.token, sdk = this.#sdk } = arrival;
    const isNew = this.#known.size === 0;
    this.#tab = await this.#tabs.get(tab);
    if (isNew) await this.#tab.toFront();
    await this.#tab.go(this.#world.page(`either.html${address}`));
    const isNewTab = !this.#known.has(tab);
    this.#known.add(tab);
    await this.#tab.evaluate(`(async ({ isNew, isNewTab, referrer, token, sdk }) => {
      if (isNew) forget();
      if (isNewTab) sessionStorage.clear();
      if (referrer !== undefined) Object.defineProperty(document, 'referrer', { value: referrer });
      await (${before ?? (() => {})})(token);
      await use(sdk);
      let settings = ${text(settings)};
      if (typeof settings === 'function') settings = settings(token);
      if (settings !== false) start(token, ${flags ? 'withFlags(settings)' : 'settings'});
      if (${Boolean(flags)}) await settled();
    })(${JSON.stringify({ isNew, isNewTab, referrer, token, sdk })})`);
  }

  /** Defines flags for the visitor's project: PostHog's definitions by their keys. */
  async defines(flags) {
    for (const [key, definition] of Object.entries(flags)) {
      await this.#world.collector.defineFlag(this.token, key, definition);
    }
  }

  /** Has requests for flags fail by rules of the collector, until the visit is over or there are others. */
  async meets(...rules) {
    await this.#world.collector.faults(rules.map((rule) => ({ path: '/flags', ...rule })));
  }

  /** Takes a step with the SDK where they are: what it returns is seen, and what is stored once its events arrived. */
  async does(action, ...args) {
    const step = await this.#tab.evaluate(`step(() => (${action})(sdk, ...${JSON.stringify(args)}))`);
    this.#steps.push(step);
    return step;
  }

  /** Goes to a tab in which they already are. */
  async switchesTo(tab) {
    this.#tab = await this.#tabs.get(tab);
  }

  /** All that was seen; the visit is over. */
  async seen() {
    if (this.#known.size > 1) await this.#tabs.leave();
    const { collector } = this.#world;
    await collector.clearFaults();
    const events = (await collector.events()).filter(({ token }) => token.startsWith(this.token));
    // Other visitors' events would be read again and again.
    await collector.clear();
    // Requests may overtake one another, but the uuids that an instance makes are of version 7, and grow.
    const order = ({ token, uuid }) => `${token} ${uuid}`;
    events.sort((one, other) => (order(one) < order(other) ? -1 : 1));
    const seen = { steps: this.#steps, events: events.map(event) };
    return JSON.parse(JSON.stringify(seen).replaceAll(this.token, '<token>'));
  }
}

/** What was sent of an event, and how the collector has taken it. */
function event({ uuid, event, token, distinct_id, timestamp, properties, set, set_once, unset }) {
  return { uuid, event, token, distinct_id, timestamp, properties, $set: set, $set_once: set_once, $unset: unset };
}

function text(value) {
  return typeof value === 'function' ? `(${value})` : JSON.stringify(value ?? {});
}
