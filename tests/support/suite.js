import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';

import { open } from '../drivers/index.js';
import { startCollector } from './collector.js';
import { required } from './environment.js';
import { choose } from './modes.js';

const folder = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * A suite with one browser, of the engine named by HOGLET_ENGINE, and one collector.
 *
 * @param {string} name
 * @param {(world: World) => void} define declares the tests
 * @param {() => Promise<{ mounts?: object, fallbacks?: object, extension?: string }>} [prepare] makes what the collector
 *   serves besides, and the extension that the browser has
 * @param {object} [options] those of node:test, and the `modes` that it is about
 */
export function suite(name, define, prepare = async () => ({}), options = {}) {
  const engine = required('HOGLET_ENGINE');
  if (options.modes) choose(options.modes);
  describe(`${name} in ${engine}`, options, () => {
    const world = new World();
    before(async () => {
      const { mounts, fallbacks, extension } = await prepare();
      const served = { '/': folder('../e2e/pages'), '/drivers': folder('../drivers'), ...mounts };
      world.collector = await startCollector(served, fallbacks);
      world.browser = await open(engine, { extension });
    });
    afterEach(async () => {
      await world.collector.clearFaults();
      await world.closeTabs();
    });
    after(async () => {
      try {
        await world.browser?.close();
      } finally {
        // While it runs this process would not end.
        await world.collector?.stop();
      }
    });
    define(world);
  });
}

/** What a test of the suite works with. */
class World {
  /** @type {import('../drivers/index.js').Browser} */
  browser;
  /** @type {import('./collector.js').Collector} */
  collector;
  #tabs = [];
  #lastTab;

  /** The address of a test page. */
  page(path) {
    return `${this.collector.url}/${path}`;
  }

  /** A new tab at a test page, whose client (`window.hoglet`) is there but not initialised. Closed after the test. */
  async visit(path) {
    const tab = await this.browser.newTab();
    this.#tabs.push(tab);
    await this.go(tab, path);
    return tab;
  }

  /** Brings a tab to a test page and waits for its client. */
  async go(tab, path) {
    await tab.go(this.page(path));
    await tab.waitFor(() => window.hoglet !== undefined);
  }

  async closeTabs() {
    // One tab always stays: browsers end with their last.
    this.#lastTab ??= await this.browser.newTab();
    for (const tab of this.#tabs.splice(0)) await tab.close();
  }

}

/** A project token that no other test has, so that tests can share a collector. */
export function newToken(name) {
  return `phc_${name}_${randomBytes(6).toString('hex')}`;
}

/**
 * Initialises the page's client. Driven browsers count as bots, and the collector is on the page's origin.
 *
 * @param {import('../drivers/tab.js').Tab} tab
 * @param {string} token
 * @param {object} [config] `load` is 'manual' unless it says otherwise
 */
export async function init(tab, token, config = {}) {
  await tab.evaluate(
    (token, config) => {
      hoglet.init(token, {
        api_host: location.origin,
        load: 'manual',
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false,
        // Most tests count requests.
        advanced_disable_flags: true,
        ...config,
      });
    },
    token,
    config,
  );
}

/** Initialises the page's client and waits until its core is there. That of `hoglet/eager` has it already. */
export async function initAndLoad(tab, token, config = {}) {
  await init(tab, token, config);
  await tab.evaluate(() => hoglet.load?.());
}
