/**
 * One thin driver over three browser engines.
 *
 *     const browser = await open('firefox');
 *     const tab = await browser.newTab();
 *     await tab.go(url);
 *     await tab.click('#buy');
 *     await tab.waitFor(() => document.title === 'Thank you');
 *     await browser.close();
 *
 * Chromium and WebKitGTK are driven through WebDriver (chromedriver, WebKitWebDriver), Firefox
 * through puppeteer-core over WebDriver BiDi. What an engine cannot do is declared in
 * `browser.can`, so that a test skips visibly instead of passing for nothing.
 *
 * Whatever is opened here is closed when the Node process ends, however it ends, except by
 * SIGKILL.
 *
 * @typedef {object} OpenOptions
 * @property {string} [profile] A folder which keeps cookies and storage between two `open` calls
 *   (where `browser.can.keepProfile`). Without it the browser gets a fresh one, removed at the end.
 * @property {string} [extension] The folder of an extension to have in the browser (where `CAN_LOAD_EXTENSIONS` has its name).
 *
 * @typedef {object} Capabilities
 * @property {boolean} keepProfile `OpenOptions.profile` is honoured.
 * @property {boolean} killRenderer `tab.killRenderer()` works.
 * @property {boolean} setOffline `tab.setOffline()` works.
 * @property {boolean} throttleCpu `tab.throttleCpu()` works.
 * @property {boolean} inspect `tab.layouts()`, `tab.detachedElements()`, `tab.taskMillis()`, `tab.memoryBytes()` and
 *   `tab.disableCache()` work.
 * @property {boolean} intercept `tab.intercept()` works.
 *
 * @typedef {object} Browser
 * @property {string} engine
 * @property {Capabilities} can
 * @property {() => string} version
 * @property {() => Promise<import('./tab.js').Tab>} newTab
 * @property {() => Promise<void>} close Ends the browser in the orderly way: pages see `pagehide`.
 * @property {() => Promise<void>} kill SIGKILL of all the browser's processes: pages see nothing.
 */

import { openChromium } from './chromium.js';
import { openFirefox } from './firefox.js';
import { openWebKit } from './webkit.js';

const OPEN = { chromium: openChromium, firefox: openFirefox, webkit: openWebKit };

/** The names that `open` knows. */
export const ENGINES = Object.keys(OPEN);

/** The engines that take `OpenOptions.extension`: WebKitGTK knows no WebExtensions. */
export const CAN_LOAD_EXTENSIONS = ['chromium', 'firefox'];

/**
 * @param {string} engine
 * @param {OpenOptions} [options]
 * @returns {Promise<Browser>}
 */
export async function open(engine, options = {}) {
  const openEngine = OPEN[engine];
  if (!openEngine) {
    throw new Error(`no engine is called ${JSON.stringify(engine)}; there are ${ENGINES.join(', ')}`);
  }
  return openEngine(options);
}
