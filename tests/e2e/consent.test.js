/** What the visitor allows: before consent and after a refusal nothing is captured, sent or stored but the choice. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const OUT = { opt_out_capturing_by_default: true };

suite('consent', (world) => {
  /** The names of what the page has stored for a project, in all places. */
  async function stored(tab, token) {
    return tab.evaluate(
      (token) => {
        const cookies = document.cookie.split('; ').map((cookie) => cookie.split('=')[0]);
        const all = [Object.keys(localStorage), Object.keys(sessionStorage), cookies];
        return all.map((names) => names.filter((name) => name.includes(token)).sort());
      },
      token,
    );
  }

  const choiceOnly = (token) => [[`__ph_opt_in_out_${token}`], [], []];
  const NOTHING = [[], [], []];

  async function again(tab, token, config) {
    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token, config);
  }

  /** Captures one more event: since it comes last, and alone, nothing was sent before it. */
  async function onlyThisArrives(tab, token, already = 0) {
    await tab.evaluate(() => {
      hoglet.capture('this');
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, already + 1);
    assert.equal(events.at(-1).event, 'this');
    return events.at(-1);
  }

  test('where the default is out, nothing is captured, sent or stored before the visitor agrees', async () => {
    const token = newToken('out');
    const tab = await world.visit('lazy.html');
    await init(tab, token, OUT);
    const results = await tab.evaluate(async () => {
      hoglet.capture('before the core');
      hoglet.identify('before the core');
      hoglet.register({ before: true });
      await hoglet.load?.();
      const results = [hoglet.capture('before consent'), hoglet.is_capturing(), hoglet.has_opted_out_capturing()];
      hoglet.identify('ada');
      hoglet.flush();
      const { length } = hoglet._events_queue;
      return [...results, length, hoglet.get_explicit_consent_status(), hoglet.persistence.isDisabled()];
    });
    assert.deepEqual(results, [null, false, true, 0, 'pending', true]);
    assert.deepEqual(await stored(tab, token), NOTHING);

    await tab.evaluate(() => hoglet.opt_in_capturing());
    const [optIn] = await world.collector.delivered(token, 1);
    assert.equal(optIn.event, '$opt_in');
    await onlyThisArrives(tab, token, 1);
    assert.equal(await tab.evaluate(() => hoglet.persistence.isDisabled()), false);
    const [local, , cookies] = await stored(tab, token);
    assert.deepEqual(local, [`__ph_opt_in_out_${token}`, `ph_${token}_posthog`]);
    assert.deepEqual(cookies, [`ph_${token}_posthog`]);

    await again(tab, token, OUT);
    assert.equal(await tab.evaluate(() => hoglet.is_capturing()), true, 'the consent is remembered');
  });

  test('a refusal before the core is there takes what was asked for before it', async () => {
    const token = newToken('early');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    await tab.evaluate(async () => {
      hoglet.capture('before the refusal');
      hoglet.identify('ada');
      hoglet.opt_out_capturing();
      hoglet.capture('after the refusal');
      await hoglet.load?.();
      hoglet.flush();
    });
    assert.deepEqual(await stored(tab, token), choiceOnly(token));
    await tab.evaluate(() => hoglet.opt_in_capturing({ captureEventName: false }));
    await onlyThisArrives(tab, token);
  });

  test('a refusal empties what waits in every tab, and leaves nothing stored but itself', async () => {
    const token = newToken('refusal');
    await world.collector.faults([{ path: '/e/', status: 503, retry_after: '60' }]);
    const tabs = [await world.visit('lazy.html'), await world.visit('lazy.html')];
    for (const tab of tabs) {
      await initAndLoad(tab, token, { batch_interval: 60_000 });
      await tab.evaluate(() => {
        hoglet.register_for_session({ step: 1 });
        hoglet.capture('was refused by the server');
        hoglet.flush();
      });
    }
    await eventually(
      () => world.collector.requests({ token }),
      (requests) => requests.filter(({ retry_count }) => retry_count === null).length === tabs.length,
      'the first attempt of each tab',
    );
    for (const tab of tabs) {
      await tab.evaluate(() => {
        hoglet.capture('waits');
      });
      assert.equal(await tab.evaluate(() => hoglet._events_queue.length), 2);
    }
    const [here, there] = tabs;
    await here.evaluate(() => hoglet.opt_out_capturing());
    assert.equal(await here.evaluate(() => hoglet._events_queue.length), 0);
    await there.waitFor(() => hoglet._events_queue.length === 0);
    for (const tab of tabs) {
      await tab.waitFor((token) => Object.keys(sessionStorage).every((name) => !name.includes(token)), token);
      assert.deepEqual(await stored(tab, token), choiceOnly(token));
      assert.equal(await tab.evaluate(() => hoglet.persistence.isDisabled()), true);
    }

    await world.collector.clearFaults();
    await here.evaluate(() => hoglet.opt_in_capturing({ captureEventName: null }));
    await there.waitFor(() => hoglet.has_opted_in_capturing());
    await onlyThisArrives(here, token);
    await onlyThisArrives(there, token, 1);
  });

  test('a refusal outlasts reset and reload', async () => {
    const token = newToken('lasts');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.opt_out_capturing();
      hoglet.reset(true);
      hoglet.capture('after reset');
    });
    await again(tab, token);
    assert.deepEqual(
      await tab.evaluate(() => [
        hoglet.get_explicit_consent_status(),
        hoglet.is_capturing(),
        hoglet.has_opted_in_capturing(),
      ]),
      ['denied', false, false],
    );
    await tab.evaluate(() => {
      hoglet.capture('after reload');
      hoglet.flush();
    });
    assert.deepEqual(await stored(tab, token), choiceOnly(token));

    await tab.evaluate(() => hoglet.clear_opt_in_out_capturing());
    assert.equal(await tab.evaluate(() => hoglet.get_explicit_consent_status()), 'pending');
    await onlyThisArrives(tab, token);
  });

  test('with consent in a cookie the choice is the one cookie that a refusal leaves', async () => {
    const token = newToken('cookie');
    const config = { opt_out_capturing_persistence_type: 'cookie' };
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, config);
    await tab.evaluate(() => hoglet.opt_out_capturing());
    assert.deepEqual(await stored(tab, token), [[], [], [`__ph_opt_in_out_${token}`]]);
    await again(tab, token, config);
    assert.equal(await tab.evaluate(() => hoglet.is_capturing()), false);
  });

  for (const [signal, value] of [['globalPrivacyControl', true], ['doNotTrack', '1']]) {
    test(`respect_dnt takes navigator.${signal} for a refusal`, async () => {
      const token = newToken('signal');
      const tab = await world.visit('lazy.html');
      await tab.evaluate((signal, value) => {
        Object.defineProperty(navigator, signal, { configurable: true, value });
      }, signal, value);
      await initAndLoad(tab, token, { respect_dnt: true });
      const seen = await tab.evaluate(() => [
        hoglet.capture('tracked') === undefined,
        hoglet.is_capturing(),
        hoglet.get_explicit_consent_status(),
      ]);
      assert.deepEqual(seen, [true, false, 'denied']);
      assert.deepEqual(await stored(tab, token), NOTHING);

      await tab.evaluate(() => hoglet.set_config({ respect_dnt: false }));
      await onlyThisArrives(tab, token);
    });
  }

  test('cookieless always: events without an identity, and nothing stored', async () => {
    const token = newToken('always');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { cookieless_mode: 'always' });
    const event = await onlyThisArrives(tab, token);
    assert.equal(event.distinct_id, '$posthog_cookieless');
    assert.equal(event.properties.$device_id, null);
    assert.equal(event.properties.$cookieless_mode, true);
    for (const key of ['$session_id', '$window_id']) assert.equal(key in event.properties, false, key);
    assert.deepEqual(await stored(tab, token), NOTHING);
    const seen = await tab.evaluate(() => [
      hoglet.get_session_id(),
      hoglet.sessionManager === undefined,
      hoglet.has_opted_out_capturing(),
      hoglet.is_capturing(),
      hoglet.persistence.isDisabled(),
    ]);
    assert.deepEqual(seen, ['', true, true, true, true]);
  });

  test('cookieless on_reject: nothing before the choice, no identity once refused, a new one once agreed', async () => {
    const token = newToken('onreject');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { cookieless_mode: 'on_reject' });
    await tab.evaluate(() => {
      hoglet.capture('pending');
      hoglet.identify('ada');
      hoglet.flush();
    });
    assert.deepEqual(await stored(tab, token), NOTHING);

    await tab.evaluate(() => hoglet.opt_out_capturing());
    const refused = await onlyThisArrives(tab, token);
    assert.equal(refused.distinct_id, '$posthog_cookieless');
    assert.equal(refused.properties.$cookieless_mode, true);
    assert.equal('$session_id' in refused.properties, false);
    assert.deepEqual(await stored(tab, token), choiceOnly(token));

    await tab.evaluate(() => hoglet.opt_in_capturing({ captureEventName: null }));
    const agreed = await onlyThisArrives(tab, token, 1);
    assert.match(agreed.distinct_id, /^[0-9a-f-]{36}$/);
    assert.equal(agreed.properties.$device_id, agreed.distinct_id);
    assert.match(agreed.session_id, /^[0-9a-f-]{36}$/);
    assert.equal('$cookieless_mode' in agreed.properties, false);
  });
});
