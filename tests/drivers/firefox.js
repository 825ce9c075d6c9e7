import { existsSync } from 'node:fs';

import puppeteer from 'puppeteer-core';

import { endTree, endWithUs, removeFolder, temporaryFolder } from './processes.js';
import { Tab } from './tab.js';

/** Firefox, through puppeteer-core over WebDriver BiDi, which it speaks without a driver program. */
export async function openFirefox({ profile, extension } = {}) {
  const folder = profile ?? temporaryFolder('firefox');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    headless: true,
    userDataDir: folder,
    // A page's own size is the window's, as in the other engines.
    defaultViewport: null,
    args: ['--width=1280', '--height=1024'],
  });
  endWithUs(browser.process());
  if (extension) await browser.installExtension(extension);
  return new FirefoxBrowser(browser, await browser.version(), async () => {
    if (!profile) removeFolder(folder);
  });
}

function firefoxPath() {
  const paths = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];
  const path = paths.find((path) => existsSync(path));
  if (!path) throw new Error(`no Firefox is installed: none of ${paths.join(', ')} is there`);
  return path;
}

class FirefoxBrowser {
  #browser;
  #version;
  #cleanUp;
  #firstPage = true;

  engine = 'firefox';
  can = { keepProfile: true, killRenderer: false, setOffline: false, throttleCpu: false, inspect: false, intercept: false };

  constructor(browser, version, cleanUp) {
    this.#browser = browser;
    this.#version = version;
    this.#cleanUp = cleanUp;
  }

  version() {
    return this.#version;
  }

  async newTab() {
    // Firefox comes with one tab: it is the first.
    const [first] = this.#firstPage ? await this.#browser.pages() : [];
    this.#firstPage = false;
    return new FirefoxTab(first ?? (await this.#browser.newPage()));
  }

  async close() {
    await this.#browser.close();
    await this.#cleanUp();
  }

  async kill() {
    await endTree(this.#browser.process());
    await this.#cleanUp();
  }
}

class FirefoxTab extends Tab {
  #page;
  #messages = [];

  constructor(page) {
    super();
    this.#page = page;
    // puppeteer's own `console` event drops the text that Firefox made of errors and objects.
    page.mainFrame().browsingContext.on('log', ({ entry: { method, level, text } }) => {
      this.#messages.push({ level: method ?? level, text });
    });
  }

  async go(url) {
    await this.#page.goto(url);
  }

  async reload() {
    await this.#leave(() => location.reload());
  }

  async back() {
    await this.#leave(() => history.back());
  }

  async url() {
    return this.evaluate('location.href');
  }

  async run(expression) {
    return this.#page.evaluate(expression);
  }

  async click(selector) {
    await this.waitForElement(selector);
    await this.#page.click(selector);
  }

  async type(selector, text) {
    await this.waitForElement(selector);
    await this.#page.type(selector, text);
  }

  async screenshot(path) {
    await this.#page.screenshot({ path });
  }

  async console() {
    return [...this.#messages];
  }

  async toFront() {
    await this.#page.bringToFront();
  }

  async close() {
    await this.#page.close();
  }

  /**
   * Leaves the page by a script of its own and waits until another is there. puppeteer would wait for
   * events that a page out of the back/forward cache never has, and loses count of them for the
   * next reload. So the page that is left is marked, and the wait is for one without the mark.
   */
  async #leave(script) {
    await this.evaluate(() => {
      const left = Symbol.for('hoglet tests: left');
      window[left] = true;
      addEventListener('popstate', () => delete window[left], { once: true });
    });
    await this.evaluate(script);
    await this.waitFor(
      () => !window[Symbol.for('hoglet tests: left')] && document.readyState === 'complete',
    );
  }
}
