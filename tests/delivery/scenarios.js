/** What may befall a page that captures events. After each of them all events are to arrive, each once. */

/**
 * @typedef {object} Scenario
 * @property {string} title
 * @property {string} story what happens
 * @property {(stage: import('./stage.js').Stage) => Promise<string | void>} play ends with a world in which everything
 *   works; gives a reason if the engine does not do what the scenario is about
 * @property {string[]} [needs] what the driver must be able to do
 * @property {number} [patience] how long the end may take, in milliseconds, if longer than usual
 * @property {boolean} [isLong] It takes longer than others.
 * @property {boolean} [isForComparison] It proves nothing, for something may be lost or it takes minutes: only the
 *   bench plays it.
 */

/** How many events are captured, unless the number matters. */
const SOME = 20;

/** More than what browsers let requests carry that outlive their page, 64 KB. */
const MANY = 150;
const KILOBYTE = 1_000;

/** How long a page that stays open may take until its last retry, which posthog-js makes half a minute later. */
const PATIENCE_FOR_RETRIES = 45_000;

/** Nothing is sent for 3 s, the default of both SDKs: an end that comes sooner finds all events waiting. */
const UNSENT = { batch_interval: 3_000 };

/** The most that the app may miss of localStorage, in characters: for events, and for who the visitor is. */
const MAX_TAKEN_CHARACTERS = 262_144 + 10_000;

/** @type {Scenario[]} */
export const SCENARIOS = [
  {
    title: 'tab closed',
    story: `${SOME} events, and the tab closes itself in the same task`,
    async play(stage) {
      const opener = await stage.visitPlain();
      await opener.evaluate((address) => {
        document.querySelector('#open').dataset.address = address;
      }, stage.visitAddress());
      // By a click, for browsers block windows that nobody asked for.
      await opener.click('#open');
      await opener.waitFor(() => window.opened?.site !== undefined);
      stage.leaving();
      await stage.during(opener, { count: SOME }, ({ first, count, bytes }) => {
        opened.site.capture(first, count, bytes);
        opened.close();
      });
      await opener.waitFor(() => opened.closed);
      await stage.visit();
    },
  },
  {
    title: 'navigation',
    story: `${MANY} events of 1 KB, and in the same task the way to the next page`,
    async play(stage) {
      const tab = await stage.visit();
      stage.leaving();
      const address = stage.visitAddress();
      await stage.during(
        tab,
        { count: MANY, bytes: KILOBYTE },
        ({ first, count, bytes, address }) => {
          site.capture(first, count, bytes);
          location.assign(address);
        },
        { address },
      );
      await tab.waitFor((address) => location.href === address && window.site !== undefined, address);
    },
  },
  {
    title: 'left at once',
    story: `${SOME} events as soon as the page's script runs, and in the same task the way to the next page`,
    async play(stage) {
      const tab = await stage.visitPlain();
      await stage.hurry(tab, SOME);
    },
  },
  {
    title: 'renderer killed',
    story: `${SOME} events, and the page's process is killed`,
    needs: ['killRenderer'],
    async play(stage) {
      const tab = await stage.visit(undefined, UNSENT);
      await stage.capture(tab, SOME);
      await stage.killRenderer(tab);
      await stage.visit();
    },
  },
  {
    title: 'browser killed, 3 s later',
    story: `${SOME} events while the server is down; 3 s after they are stored the browser is killed, and opened again`,
    needs: ['keepProfile'],
    isLong: true,
    async play(stage) {
      await stage.takeBrowser();
      await stage.fail({ down: true });
      const tab = await stage.visit();
      await stage.capture(tab, SOME);
      await tab.waitFor(() => site.isSafe());
      await stage.endure(0.3);
      await stage.killBrowser();
      await stage.heal();
      await stage.visit();
    },
  },
  {
    title: 'browser killed at once',
    story: `${SOME} events, and the browser is killed and opened again`,
    needs: ['keepProfile'],
    isForComparison: true,
    async play(stage) {
      await stage.takeBrowser();
      const tab = await stage.visit(undefined, UNSENT);
      await stage.capture(tab, SOME);
      await stage.killBrowser();
      await stage.visit();
    },
  },
  {
    title: 'server down for a visit',
    story: `${SOME} events while the server is down, the tab is closed, and there is another visit`,
    async play(stage) {
      await stage.fail({ down: true });
      const tab = await stage.visit();
      await stage.capture(tab, SOME / 2);
      await stage.met(1);
      await stage.capture(tab, SOME / 2);
      await stage.close(tab);
      await stage.heal();
      await stage.visit();
    },
  },
  failing('connections reset', 'cuts connections before a request is read', { reset: 'before' }),
  {
    ...failing('connections reset for long', 'does so for nine times as long', { reset: 'before' }, 9),
    patience: 120_000,
    isForComparison: true,
  },
  failing('500', 'answers 500', { status: 500 }),
  failing('503', 'answers 503', { status: 503 }),
  failing('429', 'answers 429 with `Retry-After: 2`', { status: 429, retry_after: '2' }),
  failing('cut within the body', 'cuts connections within the body of a request', { reset: 'body' }),
  failing('answers lost', 'stores what it gets and cuts the connection', { reset: 'body', after_commit: true }),
  {
    title: 'offline',
    story: `${SOME} events while the tab is offline, and then it is online again`,
    needs: ['setOffline'],
    patience: PATIENCE_FOR_RETRIES,
    async play(stage) {
      const tab = await stage.visit();
      await tab.setOffline(true);
      await stage.capture(tab, SOME);
      await tab.waitFor(() => performance.getEntriesByType('resource').some(({ name }) => /\/e\/(\?|$)/.test(name)));
      await stage.endure();
      await tab.setOffline(false);
    },
  },
  {
    title: '413',
    story: `${SOME} events, and a server that answers 413 to the first three requests; the page stays open`,
    patience: PATIENCE_FOR_RETRIES,
    async play(stage) {
      const tab = await stage.visit();
      // Of 20 events, of 10, and of 5.
      await stage.fail({ status: 413, times: 3 });
      await stage.capture(tab, SOME);
    },
  },
  {
    title: 'too large an event',
    story: `${SOME} events and among them one of 3 MB, which is too large and does not count; the page stays open`,
    patience: PATIENCE_FOR_RETRIES,
    async play(stage) {
      const tab = await stage.visit();
      await stage.during(tab, { count: SOME }, ({ first, count, bytes }) => {
        site.capture(first, count / 2, bytes);
        site.captureTooLarge(3_000_000);
        site.capture(first + count / 2, count / 2, bytes);
      });
    },
  },
  {
    title: 'storage full',
    story: `localStorage is full; ${SOME} events while the server is down, the tab is closed, and there is another visit`,
    async play(stage) {
      const app = await stage.visitPlain();
      await app.evaluate(() => fillLocalStorage());
      await stage.fail({ down: true });
      const tab = await stage.visit();
      await stage.capture(tab, SOME);
      await stage.met(1);
      await stage.close(tab);
      await stage.heal();
      await stage.visit();
    },
  },
  {
    title: 'storage for the app',
    story: '500 events of 1 KB while the server is down, and then the app gets all of localStorage but 256 KB; the page stays open',
    patience: PATIENCE_FOR_RETRIES,
    async play(stage) {
      const tab = await stage.visitPlain();
      const room = await tab.evaluate(() => {
        const room = fillLocalStorage();
        emptyLocalStorage();
        return room;
      });
      await stage.fail({ down: true });
      await stage.visit(tab);
      const left = await stage.during(tab, { count: 500, bytes: KILOBYTE }, async ({ first, count, bytes }) => {
        site.capture(first, count, bytes);
        // After the microtasks of the calls.
        await undefined;
        return fillLocalStorage();
      });
      if (left < room - MAX_TAKEN_CHARACTERS) throw new Error(`of ${room} characters the app could store only ${left}`);
      await stage.met(1);
      await stage.heal();
    },
  },
  {
    title: '10,000 events',
    isLong: true,
    story: '10,000 events in one task; the page stays open',
    patience: PATIENCE_FOR_RETRIES,
    async play(stage) {
      await stage.capture(await stage.visit(), 10_000, 10);
    },
  },
  {
    title: 'two tabs',
    story: `${SOME} events in two tabs while the server is down, one of them is closed, and there is another visit`,
    async play(stage) {
      await stage.fail({ down: true });
      const [here, there] = [await stage.visit(), await stage.visit()];
      await Promise.all([stage.capture(here, SOME / 2), stage.capture(there, SOME / 2)]);
      await stage.met(2);
      await stage.close(here);
      await stage.heal();
      const next = await stage.visit();
      // Both hear that the network is back, and look for what the closed tab has left.
      await Promise.all([there, next].map(comeOnline));
    },
  },
  {
    title: 'a tab for another',
    story: `${SOME} events in one of two tabs while the server is down; it is closed, and the other one delivers for it`,
    async play(stage) {
      const other = await stage.visit();
      await stage.fail({ down: true });
      const tab = await stage.visit();
      await stage.capture(tab, SOME);
      await stage.met(1);
      await stage.close(tab);
      await stage.heal();
      await comeOnline(other);
    },
  },
  {
    title: 'away and back',
    story: `${MANY + SOME} events, away to a page without the SDK, back to the page as it was left, and ${SOME} events more`,
    async play(stage) {
      const tab = await stage.visit(undefined, UNSENT);
      await stage.capture(tab, SOME);
      stage.leaving();
      await stage.during(tab, { count: MANY, bytes: KILOBYTE }, ({ first, count, bytes }) => {
        site.capture(first, count, bytes);
        window.wasLeft = true;
        location.assign('/plain.html');
      });
      await tab.waitFor(() => location.pathname === '/plain.html' && document.readyState === 'complete');
      await tab.back();
      await tab.waitFor(() => window.site !== undefined);
      if (!(await tab.evaluate(() => window.wasLeft))) return 'the page was not kept';
      await stage.capture(tab, SOME);
    },
  },
];

/**
 * A page that stays open, and a server that fails for a while.
 *
 * @param {string} title
 * @param {string} what the server does
 * @param {object} rule how the collector is told that
 * @param {number} [times] how many times as long as usual
 * @returns {Scenario}
 */
function failing(title, what, rule, times) {
  return {
    title,
    story: `${SOME} events while the server ${what}; the page stays open`,
    patience: PATIENCE_FOR_RETRIES,
    async play(stage) {
      await stage.fail(rule);
      const tab = await stage.visit();
      await stage.capture(tab, SOME / 2);
      await stage.met(1);
      await stage.capture(tab, SOME / 2);
      await stage.endure(times);
      await stage.heal();
    },
  };
}

/** As the browser says that the network is back. */
async function comeOnline(tab) {
  await tab.evaluate(() => void dispatchEvent(new Event('online')));
}
