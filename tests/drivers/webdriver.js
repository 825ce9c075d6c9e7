/** What Chromium and WebKitGTK share: both are driven by a WebDriver server that we start. */

import { writeFile } from 'node:fs/promises';
import { Builder, By } from 'selenium-webdriver';

import { poll } from './poll.js';
import { endTree, freePort, isRunning, start, treeOf } from './processes.js';
import { Tab } from './tab.js';

/** Longer than any script that the tests run, in milliseconds. */
const SCRIPT_TIMEOUT_MS = 120_000;
/** What an orderly end may take before the processes are killed. */
const QUIT_TIMEOUT_MS = 10_000;

/** Starts a WebDriver server on a free port and waits until it answers. */
export async function startDriver(command, env = {}) {
  const port = await freePort();
  const child = start(command, [`--port=${port}`], { env: { ...process.env, ...env } });
  const url = `http://127.0.0.1:${port}`;
  await poll(
    async () => {
      if (!isRunning(child)) return 'ended';
      const response = await fetch(`${url}/status`);
      return response.ok ? 'ready' : response.status;
    },
    (state) => state === 'ready' || state === 'ended',
    (last) => `${command} does not answer at ${url}: ${last}\n${child.output()}`,
  );
  if (!isRunning(child)) throw new Error(`${command} ended at once:\n${child.output()}`);
  return { url, child };
}

export class WebDriverBrowser {
  #session;
  #server;
  #Tab;
  #openWindow;
  #cleanUp;
  #firstWindow;
  #current;
  #last = Promise.resolve();

  /**
   * @param {object} parts
   * @param {string} parts.engine
   * @param {object} parts.can
   * @param {{url: string, child: import('node:child_process').ChildProcess}} parts.server
   * @param {object} parts.capabilities of the session to open
   * @param {typeof WebDriverTab} parts.Tab
   * @param {(session: object, capabilities: object) => Promise<string>} parts.openWindow opens a
   *   window and returns its handle
   * @param {() => Promise<void>} parts.cleanUp runs once the browser is gone
   */
  static async open({ engine, can, server, capabilities, Tab, openWindow, cleanUp }) {
    const browser = new WebDriverBrowser();
    browser.engine = engine;
    browser.can = can;
    browser.#server = server;
    browser.#Tab = Tab;
    browser.#openWindow = openWindow;
    browser.#cleanUp = cleanUp;
    try {
      // With `usingServer` selenium looks for no driver and no browser of its own, and downloads none.
      browser.#session = await new Builder()
        .disableEnvironmentOverrides()
        .usingServer(server.url)
        .withCapabilities(capabilities)
        .build();
      await browser.#session.manage().setTimeouts({ script: SCRIPT_TIMEOUT_MS });
      browser.capabilities = await browser.#session.getCapabilities();
      browser.#firstWindow = await browser.#session.getWindowHandle();
    } catch (error) {
      await browser.kill();
      throw new Error(`${engine} did not start: ${error.message}\n${server.child.output()}`);
    }
    return browser;
  }

  get process() {
    return this.#server.child;
  }

  version() {
    return this.capabilities.get('browserVersion');
  }

  async newTab() {
    const handle = await this.exclusively(async (session) => {
      // The session comes with one window: it is the first tab.
      if (this.#firstWindow) {
        const first = this.#firstWindow;
        this.#firstWindow = undefined;
        return first;
      }
      this.#current = undefined;
      return this.#openWindow(session, this.capabilities);
    });
    const tab = new this.#Tab(this, handle);
    await tab.opened();
    return tab;
  }

  async close() {
    // A browser that ends before its helpers leaves them without a parent, and the driver without the browser.
    const tree = treeOf(this.#server.child);
    await Promise.race([this.#session.quit(), timeLimit(QUIT_TIMEOUT_MS)]).catch(() => {});
    await this.#end(tree);
  }

  async kill() {
    await this.#end();
  }

  async #end(tree) {
    await endTree(this.#server.child, tree);
    await this.#cleanUp();
  }

  /**
   * Runs commands against one window. A WebDriver session has one current window, so commands for
   * different tabs must not come between each other.
   *
   * @param {string} handle
   * @param {(session: import('selenium-webdriver').WebDriver) => Promise<any>} commands
   */
  async inWindow(handle, commands) {
    return this.exclusively(async (session) => {
      if (this.#current !== handle) {
        await session.switchTo().window(handle);
        this.#current = handle;
      }
      return commands(session);
    });
  }

  async closeWindow(handle) {
    await this.inWindow(handle, (session) => session.close());
    this.#current = undefined;
  }

  async exclusively(commands) {
    const turn = this.#last.then(() => commands(this.#session));
    this.#last = turn.catch(() => {});
    return turn;
  }
}

export class WebDriverTab extends Tab {
  constructor(browser, handle) {
    super();
    this.browser = browser;
    this.handle = handle;
  }

  /** For what an engine has to set up in a new tab. */
  async opened() {}

  async go(url) {
    await this.#do((session) => session.get(url));
  }

  async reload() {
    await this.#do((session) => session.navigate().refresh());
  }

  async back() {
    await this.#do((session) => session.navigate().back());
  }

  async url() {
    return this.#do((session) => session.getCurrentUrl());
  }

  async run(expression) {
    // The callback form, because not every driver waits for a promise that a script returns.
    return this.#do((session) =>
      session.executeAsyncScript(`${expression}.then(arguments[arguments.length - 1])`),
    );
  }

  async click(selector) {
    await this.waitForElement(selector);
    await this.#do(async (session) => (await session.findElement(By.css(selector))).click());
  }

  async type(selector, text) {
    await this.waitForElement(selector);
    await this.#do(async (session) => (await session.findElement(By.css(selector))).sendKeys(text));
  }

  async screenshot(path) {
    await writeFile(path, await this.#do((session) => session.takeScreenshot()), 'base64');
  }

  async close() {
    await this.browser.closeWindow(this.handle);
  }

  #do(commands) {
    return this.browser.inWindow(this.handle, commands);
  }
}

function timeLimit(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
