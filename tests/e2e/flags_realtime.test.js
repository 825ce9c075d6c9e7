/** A flag that is switched reaches the pages that are open, and who need not be asked is not asked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { init, newToken, suite } from '../support/suite.js';

/** How often open pages ask, in milliseconds. */
const OFTEN = 300;
/** So seldom that no page of these tests ever does it by itself. */
const SELDOM = 600_000;
/** Answers nothing before the rules are cleared. */
const HELD = { path: '/flags', delay_ms: 600_000 };
const PATIENT = { feature_flag_request_timeout_ms: 500_000 };

const NOBODY = { filters: { groups: [{ properties: [], rollout_percentage: 0 }] } };

suite('flags in real time', (world) => {
  /** A page of a project that knows the flags, if there are to be any yet. */
  async function page(token, interval, { waits = true, ...config } = {}) {
    const tab = await world.visit('lazy.html');
    await begin(tab, token, interval, config);
    if (waits) assert.equal(await tab.evaluate(() => hoglet.flagsReady(500_000)), true);
    return tab;
  }

  /** Initialises the client. `asks` counts its requests for flags, and `heard` tells what handlers hear, and when. */
  async function begin(tab, token, interval, config) {
    await tab.evaluate(() => {
      window.asks = 0;
      window.heard = [];
      const { fetch } = window;
      window.fetch = (...args) => {
        if (new URL(args[0], location.href).pathname === '/flags/') window.asks += 1;
        return fetch(...args);
      };
    });
    await init(tab, token, { advanced_disable_flags: false, remote_config_refresh_interval_ms: interval, ...config });
    await tab.evaluate(async () => {
      await hoglet.load?.();
      hoglet.onFeatureFlags((keys) => void heard.push({ keys, at: Date.now() }));
    });
  }

  async function setHidden(tab, isHidden) {
    await tab.evaluate((isHidden) => {
      const state = isHidden ? 'hidden' : 'visible';
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  }

  /**
   * How often a page asks until a timer of its own fires. Whatever the client has timed for an earlier moment has happened by then,
   * however slow the machine is: timers fire in their order.
   */
  function asksWithin(tab, milliseconds, action = () => {}) {
    return tab.evaluate(`(async () => {
      const before = asks;
      await (${action})();
      await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
      return asks - before;
    })()`);
  }

  const requests = async (token) => (await world.collector.requests({ token })).filter(({ path }) => path === '/flags/');
  const lastHeard = (tab) => tab.evaluate('heard.at(-1)?.keys');
  const reload = (tab) => tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync().then(({ status }) => status));

  test('a flag that is switched reaches an open page with the next refresh', async (context) => {
    const token = newToken('switched');
    const tab = await page(token, OFTEN);
    for (const definition of [{}, NOBODY, {}]) {
      const isOn = definition !== NOBODY;
      const { updated_at } = await world.collector.defineFlag(token, 'new', definition);
      await tab.waitFor((isOn) => (heard.at(-1)?.keys.length ?? 0) === (isOn ? 1 : 0) && hoglet.isFeatureEnabled('new') === isOn, isOn);
      const [changedAt, heardAt] = [Date.parse(updated_at), await tab.evaluate('heard.at(-1).at')];
      const times = (await requests(token)).map(({ received_at: at }) => Date.parse(at));
      const between = times.filter((at) => at > changedAt && at <= heardAt);
      // One more may have been under way when the flag was switched.
      assert.ok(between.length <= 2, `it took ${between.length} requests`);
      context.diagnostic(`heard ${heardAt - changedAt} ms after the switch, with a refresh every ${OFTEN} ms`);
    }
    assert.deepEqual(await tab.evaluate(() => heard.map(({ keys }) => keys)), [[], ['new'], [], ['new']]);
  });

  test('refreshes that change nothing are heard by nobody', async () => {
    const token = newToken('same');
    await world.collector.defineFlag(token, 'on');
    const tab = await page(token, OFTEN);
    const before = (await requests(token)).length;
    await eventually(() => requests(token), (all) => all.length >= before + 4, 'four refreshes');
    assert.deepEqual(await tab.evaluate(() => heard.map(({ keys }) => keys)), [['on']]);
  });

  test('the interval is kept', async () => {
    const token = newToken('interval');
    await page(token, OFTEN);
    const all = await eventually(() => requests(token), (all) => all.length >= 4, 'three refreshes');
    const times = all.map(({ received_at: at }) => Date.parse(at));
    for (const [index, at] of times.slice(1).entries()) {
      // The server's clock and the page's round differently, and a request takes its time.
      assert.ok(at - times[index] >= OFTEN / 2, `${at - times[index]} ms lie between two`);
    }
  });

  test('nothing is refreshed where the interval is 0, or negative, or flags are not to be asked for', async () => {
    const never = [{ advanced_disable_feature_flags: true }, { advanced_disable_flags: true }];
    for (const config of [{ remote_config_refresh_interval_ms: 0 }, { remote_config_refresh_interval_ms: -1 }, ...never]) {
      const isAsked = !never.includes(config);
      const token = newToken('none');
      const tab = await page(token, 50, { waits: isAsked, ...config });
      assert.equal(await asksWithin(tab, 500), 0, JSON.stringify(config));
      assert.equal((await requests(token)).length, isAsked ? 1 : 0, JSON.stringify(config));
    }
  });

  test('the interval has another name', async () => {
    const token = newToken('name');
    const tab = await page(token, undefined, { remote_config_refresh_interval: OFTEN });
    await world.collector.defineFlag(token, 'new');
    await tab.waitFor(() => hoglet.isFeatureEnabled('new'));
  });

  test('a hidden page asks nothing, and on return what is due is asked for at once', async () => {
    const token = newToken('hidden');
    const tab = await page(token, OFTEN);
    await setHidden(tab, true);
    await tab.waitFor(() => !hoglet.featureFlags.isLoading);
    await asksWithin(tab, OFTEN);
    assert.equal(await asksWithin(tab, 5 * OFTEN), 0);
    await world.collector.defineFlag(token, 'new');
    const asked = await asksWithin(tab, OFTEN / 2, () => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      Object.defineProperty(document, 'hidden', { value: false, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    assert.equal(asked, 1);
    await tab.waitFor(() => heard.at(-1).keys.includes('new'));
  });

  test('on return nothing is asked for that is not due', async () => {
    const token = newToken('not_due');
    const tab = await page(token, SELDOM);
    await setHidden(tab, true);
    await setHidden(tab, false);
    assert.equal(await asksWithin(tab, 200), 0);
    assert.equal((await requests(token)).length, 1);
  });

  test('back online, a page asks for what it could not get', async () => {
    const token = newToken('online');
    const tab = await page(token, SELDOM);
    const { setOffline } = world.browser.can;
    if (setOffline) await tab.setOffline(true);
    else await world.collector.faults([{ path: '/flags', down: true }]);
    assert.equal(await reload(tab), 'error');
    await world.collector.defineFlag(token, 'new');
    if (setOffline) {
      await tab.setOffline(false);
    } else {
      await world.collector.clearFaults();
      await tab.evaluate(() => dispatchEvent(new Event('online')));
    }
    await tab.waitFor(() => hoglet.isFeatureEnabled('new'));
    assert.deepEqual(await lastHeard(tab), ['new']);
  });

  test('back online, nothing is asked for that is there', async () => {
    const token = newToken('online_again');
    const tab = await page(token, SELDOM);
    assert.equal(await asksWithin(tab, 200, () => dispatchEvent(new Event('online'))), 0);
  });

  test('a page that is opened while another one asks waits for the same answer', async () => {
    const token = newToken('two');
    await world.collector.defineFlag(token, 'on');
    await world.collector.faults([HELD]);
    const here = await page(token, SELDOM, { waits: false, ...PATIENT });
    await eventually(() => requests(token), (all) => all.length === 1, 'a request');
    const there = await page(token, SELDOM, { waits: false, ...PATIENT });
    assert.equal(await asksWithin(there, 500), 0, 'it has had every occasion');
    await world.collector.clearFaults();
    for (const tab of [here, there]) {
      assert.equal(await tab.evaluate(() => hoglet.flagsReady(500_000)), true);
      assert.equal(await tab.evaluate(() => hoglet.getFeatureFlag('on', { fresh: true })), true);
      assert.deepEqual(await tab.evaluate(() => heard.map(({ keys }) => keys)), [['on']], 'told once');
    }
    assert.equal((await requests(token)).length, 1);
  });

  test('what one tab is answered, the others hear without asking', async () => {
    const token = newToken('answered');
    const tabs = [await page(token, SELDOM), await page(token, SELDOM), await page(token, SELDOM)];
    const before = (await requests(token)).length;
    await world.collector.defineFlag(token, 'new');
    assert.equal(await reload(tabs[0]), 'loaded');
    for (const tab of tabs) {
      await tab.waitFor(() => heard.at(-1)?.keys.includes('new') && hoglet.isFeatureEnabled('new'));
      assert.deepEqual(await tab.evaluate(() => heard.map(({ keys }) => keys)), [[], ['new']]);
    }
    assert.equal((await requests(token)).length, before + 1);
  });

  test('a tab whose question is another one asks it', async () => {
    const token = newToken('others');
    await world.collector.faults([HELD]);
    await page(token, SELDOM, { waits: false, ...PATIENT });
    await eventually(() => requests(token), (all) => all.length === 1, 'a request');
    await page(token, SELDOM, { waits: false, ...PATIENT, flag_keys: ['on'] });
    await eventually(() => requests(token), (all) => all.length === 2, 'another request');
  });

  test('a tab that dies while it asks keeps the others from asking no longer than its request may take', async () => {
    const token = newToken('dies');
    await world.collector.defineFlag(token, 'on');
    await world.collector.faults([{ ...HELD, times: 1 }]);
    const timeout = { feature_flag_request_timeout_ms: 500 };
    const here = await page(token, SELDOM, { waits: false, ...PATIENT });
    await eventually(() => requests(token), (all) => all.length === 1, 'a request');
    await here.go(world.page('away.html'));
    const there = await page(token, SELDOM, timeout);
    assert.equal(await there.evaluate(() => hoglet.isFeatureEnabled('on')), true);
  });

  test('after shutdown a page asks no more', async () => {
    const token = newToken('shutdown');
    const tab = await page(token, 50);
    await tab.evaluate(() => hoglet.shutdown());
    assert.equal(await asksWithin(tab, 500), 0);
  });
});
