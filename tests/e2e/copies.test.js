/** Several copies of the package on one page: modules that run again when code changes, and scripts that each bring one along. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { only, packageFolder } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

/** The same modules again as a development server has them, and others. */
const PAIRS = [
  ['/hoglet/index.js', '/hoglet/index.js?again'],
  ['/hoglet/eager.js', '/hoglet/eager.js?again'],
  ['/hoglet/eager.js', '/other/index.js'],
  ['/hoglet/index.js', '/other/eager.js'],
];

const config = (world) => ({
  api_host: world.collector.url,
  load: 'manual',
  batch_interval: 60_000,
  opt_out_useragent_filter: true,
  capture_pageview: 'history_change',
  capture_exceptions: { capture_console_errors: true },
  tracing_headers: true,
});

/** Begins a client, and waits for its core and what it fetches. */
function begin(name, token, config) {
  const client = window[name];
  client.init(token, { ...config, loaded: (given) => (window[`${name}_loaded`] = given === client) });
  return Promise.all([client.load?.(), import('/hoglet/tracing.js'), import('/other/tracing.js')]).then(() => {});
}

suite(
  'copies',
  (world) => {
    const visit = async (urls) => {
      const tab = await world.visit('copies.html');
      for (const [at, url] of urls.entries()) await tab.evaluate((name, url) => bring(name, url), 'ab'[at], url);
      return tab;
    };
    const names = async (token, count) => (await world.collector.delivered(token, count)).map(({ event }) => event);
    const flush = (tab) => tab.evaluate(() => Promise.all([a.flush(), b.flush()]).then(() => {}));
    /** The projects whose outboxes have owners: while events wait in them, once for each owner. */
    const owners = (tab, count) =>
      eventually(
        () =>
          tab.evaluate(async () => {
            const { held } = await navigator.locks.query();
            return held.map(({ name }) => name.replace(/^hoglet_outbox_(.*)_[\da-f-]{36}$/, '$1')).sort();
          }),
        ({ length }) => length >= count,
        'owners of the outbox',
      );

    for (const urls of PAIRS) {
      test(`${urls.join(' and ')} are one client for one project`, async () => {
        const token = newToken('copies');
        await world.collector.defineFlag(token, 'beta');
        const tab = await visit(urls);
        await tab.evaluate((token, config) => {
          for (const client of [a, b]) client.init(token, config);
          b.capture('early');
        }, token, config(world));
        for (const name of 'ab') await tab.evaluate(begin, name, token, config(world));
        await tab.evaluate(async () => {
          await b.flagsReady(10_000);
          a.identify('ada');
          b.register({ by: 'b' });
          a.capture('of a');
          b.capture('of b');
          b.people.set({ plan: 'pro' });
        });
        await tab.click('#press');
        const seen = await tab.evaluate(() => {
          history.pushState({}, '', '/another');
          const seen = [a, b].map((client) => [
            client.get_distinct_id(),
            client.get_property('by'),
            client.isFeatureEnabled('beta'),
            client.featureFlags.getFlags(),
            client.getPageViewId(),
            client.persistence.props.by,
            client.__loaded,
            client.config.batch_interval,
          ]);
          return [...seen, String(b)];
        });
        const [ofA, ofB, ...others] = seen;
        assert.deepEqual(ofB, ofA);
        assert.deepEqual([ofA[0], ofA[1], ofA[2], ofA[3]], ['ada', 'b', true, ['beta']]);
        assert.deepEqual(others, ['posthog']);
        assert.deepEqual(await owners(tab, 1), [token]);
        await flush(tab);
        assert.deepEqual((await names(token, 9)).sort(), [
          '$autocapture',
          '$feature_flag_called',
          '$identify',
          '$pageview',
          '$pageview',
          '$set',
          'early',
          'of a',
          'of b',
        ]);
        assert.deepEqual(await tab.console(), []);
      });
    }

    test('both copies are told that they work', async () => {
      const token = newToken('told');
      const tab = await visit(['/hoglet/eager.js', '/other/eager.js']);
      for (const name of 'ab') await tab.evaluate(begin, name, token, config(world));
      assert.deepEqual(await tab.evaluate(() => [a_loaded, b_loaded]), [true, true]);
    });

    test('a call that waited in one copy for the core keeps its time when another copy makes it', async () => {
      const token = newToken('time');
      const tab = await visit(['/hoglet/eager.js', '/other/index.js']);
      await tab.evaluate(begin, 'a', token, config(world));
      const before = await tab.evaluate(
        async (token, config) => {
          b.init(token, config);
          b.capture('early');
          const before = Date.now();
          while (Date.now() < before + 20);
          await b.load();
          await b.flush();
          return before;
        },
        token,
        { ...config(world), capture_pageview: false },
      );
      const events = await world.collector.delivered(token, 2);
      const { timestamp } = events.find(({ event }) => event === 'early');
      assert.ok(Date.parse(timestamp) <= before, `${timestamp} is not later than ${new Date(before).toISOString()}`);
    });

    test('ended by one copy, the project is begun again by the other', async () => {
      const token = newToken('again');
      const tab = await visit(['/hoglet/eager.js', '/other/eager.js']);
      for (const name of 'ab') await tab.evaluate(begin, name, token, config(world));
      const states = await tab.evaluate(async () => {
        a.capture('first');
        await b.shutdown();
        return [a.__loaded, b.__loaded, a.capture('nobody works') === undefined];
      });
      assert.deepEqual(states, [false, false, true]);
      await tab.evaluate(begin, 'b', token, config(world));
      await tab.evaluate(begin, 'a', token, config(world));
      await tab.evaluate(() => {
        a.capture('second');
        b.capture('third');
      });
      await flush(tab);
      assert.deepEqual((await names(token, 5)).sort(), ['$pageview', '$pageview', 'first', 'second', 'third']);
    });

    for (const order of ['ab', 'ba']) {
      test(`copies for two projects do not disturb each other, and leave the page as it was when they end as ${order}`, async () => {
        const tokens = { a: newToken('one'), b: newToken('other') };
        const tab = await visit(['/hoglet/eager.js', '/other/index.js']);
        const natives = () => [history.pushState, history.replaceState, fetch, XMLHttpRequest.prototype.open, console.error];
        await tab.evaluate(`window.natives = (${natives})()`);
        for (const name of 'ab') await tab.evaluate(begin, name, tokens[name], config(world));
        await tab.waitFor(`(${natives})().every((now, at) => now !== natives[at])`);
        await tab.click('#press');
        await tab.evaluate(() => {
          history.pushState({}, '', '/another');
          a.capture('of a');
          b.capture('of b');
        });
        assert.deepEqual(await owners(tab, 2), [tokens.a, tokens.b].sort());
        await flush(tab);
        for (const name of 'ab') {
          const expected = ['$autocapture', '$pageview', '$pageview', `of ${name}`];
          assert.deepEqual((await names(tokens[name], 4)).sort(), expected);
        }

        const [first, last] = order;
        await tab.evaluate((first) => window[first].shutdown().then(() => {}), first);
        await tab.evaluate((last) => {
          history.pushState({}, '', '/a-third');
          return window[last].flush().then(() => {});
        }, last);
        assert.equal((await names(tokens[last], 5)).at(-1), '$pageview');
        assert.equal((await world.collector.events({ token: tokens[first] })).length, 4);
        await tab.evaluate((last) => window[last].shutdown().then(() => {}), last);
        const isAsBefore = await tab.evaluate(`(${natives})().map((now, at) => now === natives[at])`);
        assert.deepEqual(isAsBefore, [true, true, true, true, true]);
        assert.equal(await tab.evaluate(() => Object.hasOwn(history, 'pushState')), false);
      });
    }
  },
  async () => ({ mounts: { '/other': packageFolder() } }),
  only('lazy'),
);
