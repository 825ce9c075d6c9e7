import { poll } from './poll.js';
import { scriptText, scriptTitle, scriptValue } from './script.js';

/**
 * A tab, as far as it is the same in all engines. An engine adds the rest: `go`, `reload`, `back`,
 * `click`, `type`, `url`, `screenshot`, `close`, `console`, and `run`, which evaluates the text
 * of an expression and waits for its promise.
 */
export class Tab {
  /**
   * Runs a function (or evaluates an expression) in the page and returns what it returns, awaited.
   * Arguments and result are JSON values.
   *
   * @param {Function | string} script
   * @param {...unknown} args
   */
  async evaluate(script, ...args) {
    return scriptValue(await this.run(scriptText(script, args)));
  }

  /**
   * Evaluates until the result is truthy, and returns it. A failure says what was waited for, what
   * came last, and what the page wrote to its console.
   *
   * @param {Function | string} script
   * @param {...unknown} args
   */
  async waitFor(script, ...args) {
    return poll(
      () => this.evaluate(script, ...args),
      Boolean,
      async (last) =>
        `the page never made this true: ${scriptTitle(script, args)}\n` +
        `last value: ${last}\naddress: ${await this.url().catch(String)}\n` +
        `console:\n${(await this.console()).map(({ level, text }) => `  ${level}: ${text}`).join('\n') || '  (empty)'}`,
    );
  }

  /** Waits until an element is there, which `click` and `type` do first. */
  async waitForElement(selector) {
    await this.waitFor((selector) => document.querySelector(selector) !== null, selector);
  }

  /** Puts this tab before the others, where timers of those behind take a second each; elsewhere it does nothing. */
  async toFront() {}

  /** SIGKILL of the process that runs this tab's page, where `browser.can.killRenderer`. */
  async killRenderer() {
    throw new Error('this engine cannot kill a renderer: ask browser.can.killRenderer first');
  }

  /** Cuts this tab off the network, or joins it again, where `browser.can.setOffline`. */
  async setOffline() {
    throw new Error('this engine cannot go offline: ask browser.can.setOffline first');
  }

  /** How often the page was laid out so far, where `browser.can.inspect`. */
  async layouts() {
    throw new Error('this engine cannot be inspected: ask browser.can.inspect first');
  }

  /** How long the page's main thread has been busy since this was first asked, in milliseconds, where `browser.can.inspect`. */
  async taskMillis() {
    throw new Error('this engine cannot be inspected: ask browser.can.inspect first');
  }

  /** What the page holds in memory once the garbage is collected, in bytes, where `browser.can.inspect`. */
  async memoryBytes() {
    throw new Error('this engine cannot be inspected: ask browser.can.inspect first');
  }

  /** Has everything fetched anew, as on a first visit, where `browser.can.inspect`. */
  async disableCache() {
    throw new Error('this engine cannot be inspected: ask browser.can.inspect first');
  }

  /** What elements are in memory that are in no document, by their kind, where `browser.can.inspect`. */
  async detachedElements() {
    throw new Error('this engine cannot be inspected: ask browser.can.inspect first');
  }

  /**
   * Answers this tab's requests to addresses like the pattern, in which `*` stands for anything, with 200 and a text, where
   * `browser.can.intercept`. Resolves to a list of those requests, which grows.
   */
  async intercept() {
    throw new Error('this engine cannot intercept requests: ask browser.can.intercept first');
  }

  /** Slows scripts down by a factor, where `browser.can.throttleCpu`. */
  async throttleCpu() {
    throw new Error('this engine cannot slow its CPU down: ask browser.can.throttleCpu first');
  }
}
