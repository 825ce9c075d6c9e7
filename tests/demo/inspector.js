import { poll } from '../drivers/poll.js';
import { enlargeWindow } from './window.js';

/** The live inspector, in a tab of its own. */
export class Inspector {
  #tab;

  /** @param {import('../drivers/index.js').Browser} browser @param {string} demo */
  static async open(browser, demo) {
    const inspector = new Inspector();
    inspector.#tab = await browser.newTab();
    await enlargeWindow(inspector.#tab);
    await inspector.#tab.go(`${demo}/inspector/`);
    await inspector.#tab.waitForElement('#connection[data-state="live"]');
    return inspector;
  }

  /**
   * Which of the events it does not show, or shows as somebody else's.
   *
   * @param {object[]} events
   * @param {import('./visit.js').Visitor} visitor
   * @param {string} picture where to put a screenshot
   * @returns {Promise<string[]>}
   */
  async faults(events, visitor, picture) {
    const read = async () => {
      const rows = await this.#tab.evaluate(() =>
        [...document.querySelectorAll('#events > li')].map((row) => ({
          uuid: row.dataset.uuid,
          ids: row.querySelector('.person').title,
        })),
      );
      return events.flatMap(({ uuid, event }) => {
        const row = rows.find((row) => row.uuid === uuid);
        if (!row) return [`the inspector does not show ${event} (${uuid})`];
        const joined = row.ids.includes(visitor.email) && row.ids.includes(visitor.anonymousId);
        return joined ? [] : [`the inspector shows ${event} (${uuid}) as somebody else's`];
      });
    };
    const faults = await poll(read, (faults) => faults.length === 0, String).catch(read);
    // New rows light up for a moment, which would hide the rest of the picture.
    await this.#tab.waitFor(() =>
      [...document.querySelectorAll('#events > li')].every((row) => row.getAnimations().length === 0),
    );
    await this.#tab.screenshot(picture);
    return faults;
  }
}
