/** A page that is left before the core has come: what was asked of it is not lost. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

suite('left early', (world) => {
  /** What is stored of calls that no core has made. */
  const kept = (tab) => tab.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('hoglet_calls_')));

  /** A tab whose page was left with calls that no core has made. */
  const leave = async (token, config, ask) => {
    const tab = await world.visit('lazy.html?early');
    await init(tab, token, config);
    await tab.evaluate(ask);
    await world.go(tab, 'lazy.html?later');
    return tab;
  };

  test('the next page makes the calls, in order, with their times and addresses', async () => {
    const token = newToken('early');
    const before = Date.now();
    const tab = await leave(token, {}, () => {
      hoglet.register({ plan: 'pro' });
      hoglet.capture('first', { n: 1 });
      hoglet.identify('ada', { name: 'Ada' });
      const endless = {};
      endless.self = endless;
      hoglet.capture('endless', { deep: { endless } });
      hoglet.capture('last', undefined, { $set: { seen: true } });
    });
    const after = Date.now();
    assert.equal((await kept(tab)).length, 1);
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('of the next page');
    });
    const events = await world.collector.delivered(token, 4);
    assert.deepEqual(
      events.map(({ event }) => event).sort(),
      ['$identify', 'first', 'last', 'of the next page'],
      'all but what has no text',
    );
    const named = (name) => events.find(({ event }) => event === name);
    const early = ['first', '$identify', 'last'].map(named);
    for (const { event, timestamp, properties } of early) {
      const time = Date.parse(timestamp);
      assert.ok(before <= time && time <= after, `${event} happened at ${timestamp}`);
      assert.match(properties.$current_url, /\?early$/);
      assert.equal(properties.plan, 'pro');
    }
    assert.match(named('of the next page').properties.$current_url, /\?later$/);
    assert.notEqual(named('first').distinct_id, 'ada');
    assert.equal(named('last').distinct_id, 'ada');
    assert.deepEqual(await kept(tab), []);
  });

  test('two pages that come at once make the calls once', async () => {
    const token = newToken('once');
    const tab = await leave(token, {}, () => {
      hoglet.capture('early');
    });
    const other = await world.visit('lazy.html');
    await Promise.all([initAndLoad(tab, token), initAndLoad(other, token)]);
    for (const page of [tab, other]) await page.evaluate(() => hoglet.flush());
    const events = await world.collector.delivered(token, 1);
    assert.deepEqual(events.map(({ event }) => event), ['early']);
  });

  test('nothing is stored of who refuses, may have refused, or is not to be recognised', async () => {
    const refusals = [
      [{ persistence: 'memory' }, () => hoglet.capture('early')],
      [{ persistence: 'sessionStorage' }, () => hoglet.capture('early')],
      [{ disable_persistence: true }, () => hoglet.capture('early')],
      [{ cookieless_mode: 'always' }, () => hoglet.capture('early')],
      [{ opt_out_capturing_by_default: true }, () => hoglet.capture('early')],
      [{ respect_dnt: true }, () => hoglet.capture('early')],
      [
        {},
        () => {
          hoglet.capture('early');
          hoglet.opt_out_capturing();
        },
      ],
      [
        {},
        () => {
          localStorage.setItem(`__ph_opt_in_out_${hoglet.config.token}`, '0');
          hoglet.capture('early');
        },
      ],
    ];
    for (const [config, ask] of refusals) {
      const tab = await leave(newToken('refusal'), config, ask);
      assert.deepEqual(await kept(tab), [], `${JSON.stringify(config)} ${ask}`);
    }
  });

  test('a damaged entry is passed over', async () => {
    const token = newToken('damaged');
    const tab = await leave(token, {}, () => {
      hoglet.capture('sound');
    });
    await tab.evaluate((token) => {
      const text = ['{"method":"capt', '{"method":"nothing","args":[]}', '{}', 'null', '[1]'].join('\n');
      localStorage.setItem(`hoglet_calls_${token}_1.5`, text);
    }, token);
    await initAndLoad(tab, token);
    await tab.evaluate(() => hoglet.flush());
    const events = await world.collector.delivered(token, 1);
    assert.deepEqual(events.map(({ event }) => event), ['sound']);
    assert.deepEqual(await kept(tab), []);
  });
}, undefined, only('lazy', 'js'));
