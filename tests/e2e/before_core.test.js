/** What the client answers and does in the time before its core has come, and that the core goes on from there. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const FLAGS = { beta: true, layout: 'wide', off: false };
const PAYLOADS = { layout: '{"columns":3}' };

/** What the app asks in its first line after `init`, and may ask again later. */
const ANSWERS = () => [
  hoglet.get_distinct_id(),
  hoglet.has_opted_out_capturing(),
  hoglet.has_opted_in_capturing(),
  hoglet.is_capturing(),
  hoglet.isFeatureEnabled('beta', { send_event: false }),
  hoglet.isFeatureEnabled('off', { send_event: false }),
  hoglet.isFeatureEnabled('unknown', { send_event: false, defaultValue: true }),
  hoglet.getFeatureFlag('layout', { send_event: false }),
  hoglet.featureFlags.getFeatureFlag('layout', { send_event: false }),
  hoglet.getFeatureFlagPayload('layout'),
  hoglet.getFeatureFlagResult('layout', { send_event: false }),
  hoglet.getFeatureFlag('layout', { send_event: false, fresh: true }),
  hoglet.getFeatureFlag('constructor', { send_event: false }),
];

/** Has the page make the calls after `init`, tell the answers, and tell them again when the core is there. */
async function answersBeforeAndAfter(tab, token, config, calls = '') {
  await init(tab, token, config);
  return tab.evaluate(
    async (calls, answers) => {
      const ask = new Function(`return (${answers})()`);
      new Function(calls)();
      const before = JSON.stringify(ask());
      await hoglet.load();
      return [JSON.parse(before), JSON.parse(JSON.stringify(ask()))];
    },
    calls,
    String(ANSWERS),
  );
}

suite('before the core', (world) => {
  /** A tab whose visitor was here before, as `ann` and with flags, and what is stored of that. */
  async function returning(name, config = {}) {
    const token = newToken(name);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, config);
    await tab.evaluate(
      async (flags, payloads) => {
        hoglet.identify('ann');
        hoglet.updateFlags(flags, payloads);
        await hoglet.flush();
      },
      FLAGS,
      PAYLOADS,
    );
    await world.go(tab, 'lazy.html?again');
    return { token, tab };
  }

  for (const persistence of ['localStorage+cookie', 'localStorage', 'cookie', 'sessionStorage']) {
    test(`a returning visitor is known at once where ${persistence} keeps them`, async () => {
      const { token, tab } = await returning('returning', { persistence });
      const [before, after] = await answersBeforeAndAfter(tab, token, { persistence });
      assert.deepEqual(before, after);
      assert.deepEqual(before.slice(0, 9), ['ann', false, true, true, true, false, true, 'wide', 'wide']);
      assert.deepEqual(before[9], { columns: 3 });
    });
  }

  test('flags that are stored in an entry of their own are known too', async () => {
    const { token, tab } = await returning('split', { split_storage: true });
    const [before, after] = await answersBeforeAndAfter(tab, token, { split_storage: true });
    assert.deepEqual(before, after);
    assert.equal(before[7], 'wide');
  });

  for (const [what, calls, id, layout] of [
    ['another user is identified', "hoglet.identify('bob')", 'bob', null],
    ['the same user is', "hoglet.identify('ann')", 'ann', 'wide'],
    ['the visitor is reset', 'hoglet.reset()', UUID_V7, null],
    ['and identified after that', "hoglet.reset(); hoglet.identify('cleo')", 'cleo', null],
  ]) {
    test(`once ${what}, that is what is answered`, async () => {
      const { token, tab } = await returning('queued');
      const [before, after] = await answersBeforeAndAfter(tab, token, {}, calls);
      assert.deepEqual(before, after);
      assert.match(before[0], id instanceof RegExp ? id : new RegExp(`^${id}$`));
      assert.equal(before[7], layout);
    });
  }

  for (const [what, bootstrap, layout, payload] of [
    ['bootstrapped', { featureFlags: { beta: false, layout: 'narrow' }, featureFlagPayloads: { layout: { columns: 1 } } }, 'narrow', 1],
    ['bootstrapped without payloads', { featureFlags: { layout: 'wide' } }, 'wide', undefined],
    ['bootstrapped, but there are none', { featureFlags: {}, featureFlagPayloads: null }, 'wide', 3],
    ['bootstrapped, but cannot be told', { featureFlags: null }, 'wide', 3],
  ]) {
    test(`flags are ${what}: the core does not change the answers`, async () => {
      const { token, tab } = await returning('begun');
      const [before, after] = await answersBeforeAndAfter(tab, token, { bootstrap });
      assert.deepEqual(before, after);
      assert.deepEqual([before[7], before[9]?.columns], [layout, payload]);
    });
  }

  test('bootstrap that says nobody is identified does not hide that somebody was', async () => {
    const { token, tab } = await returning('begun');
    const [before, after] = await answersBeforeAndAfter(tab, token, { bootstrap: { isIdentifiedID: false } }, "hoglet.identify('bob')");
    assert.deepEqual(before, after);
    assert.deepEqual([before[0], before[7]], ['bob', null]);
  });

  test('on a first visit bootstrapped flags are the answer, until somebody else is identified', async () => {
    const bootstrap = { distinctID: 'ann', isIdentifiedID: true, featureFlags: FLAGS, featureFlagPayloads: PAYLOADS };
    for (const [id, layout] of [['ann', 'wide'], ['bob', null]]) {
      const tab = await world.visit('lazy.html');
      const calls = `hoglet.identify('${id}')`;
      const [before, after] = await answersBeforeAndAfter(tab, newToken('begun'), { bootstrap }, calls);
      assert.deepEqual(before, after);
      assert.deepEqual([before[0], before[7]], [id, layout]);
    }
  });

  test('an anonymous visitor who is identified keeps the flags until the server answers', async () => {
    const token = newToken('joined');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await tab.evaluate((flags) => hoglet.updateFlags(flags), FLAGS);
    await world.go(tab, 'lazy.html?again');
    const [before, after] = await answersBeforeAndAfter(tab, token, {}, "hoglet.identify('ann')");
    assert.deepEqual(before, after);
    assert.deepEqual([before[0], before[7]], ['ann', 'wide']);
  });

  test('a refusal, stored or just made, is known, and nothing is minted, stored or sent', async () => {
    const cases = [
      [{}, 'hoglet.opt_out_capturing()', undefined],
      [{}, '', '0'],
      [{}, '', 'no'],
      [{ opt_out_capturing_by_default: true }, '', undefined],
      [{ cookieless_mode: 'always' }, '', undefined],
    ];
    for (const [config, calls, choice] of cases) {
      const token = newToken('refused');
      const tab = await world.visit('lazy.html');
      const name = `__ph_opt_in_out_${token}`;
      if (choice) await tab.evaluate((name, choice) => localStorage.setItem(name, choice), name, choice);
      const own = () => Object.keys(localStorage).filter((key) => !key.startsWith('__ph'));
      const present = await tab.evaluate(own);
      await init(tab, token, config);
      const said = await tab.evaluate((calls) => {
        new Function(calls)();
        return [hoglet.has_opted_out_capturing(), hoglet.capture('an event')?.uuid ?? null];
      }, calls);
      assert.deepEqual(said, [true, null], JSON.stringify([config, calls, choice]));
      await world.go(tab, 'lazy.html?left');
      assert.deepEqual(await tab.evaluate(own), present);
      assert.deepEqual(await world.collector.requests({ token }), []);
    }
  });

  test('who agrees is counted where that is asked for', async () => {
    const config = { opt_out_capturing_by_default: true };
    for (const calls of ['', 'hoglet.opt_in_capturing()']) {
      const token = newToken('asked');
      const tab = await world.visit('lazy.html');
      const [before, after] = await answersBeforeAndAfter(tab, token, config, calls);
      assert.deepEqual(before.slice(1, 4), after.slice(1, 4));
    }
  });

  test('the id of a first visit is minted here, and is the one that the core stores', async () => {
    const token = newToken('minted');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    const [before, after, device] = await tab.evaluate(async () => {
      const before = hoglet.get_distinct_id();
      await hoglet.load();
      return [before, hoglet.get_distinct_id(), hoglet.get_property('$device_id')];
    });
    assert.match(before, UUID_V7);
    assert.deepEqual([after, device], [before, before]);
  });

  test('a bootstrapped id is the answer', async () => {
    for (const isIdentifiedID of [true, false]) {
      const tab = await world.visit('lazy.html');
      const config = { bootstrap: { distinctID: 'from the server', isIdentifiedID } };
      const [before, after] = await answersBeforeAndAfter(tab, newToken('bootstrap'), config);
      assert.equal(before[0], 'from the server');
      assert.equal(after[0], 'from the server');
    }
  });

  test('capture tells its uuid and its time, which are those that arrive', async () => {
    const token = newToken('told');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    const own = '01890000-0000-7000-8000-00000000abcd';
    const told = await tab.evaluate(async (own) => {
      const told = [hoglet.capture('one', { n: 1 }), hoglet.capture('two', {}, { uuid: own })].map(
        ({ uuid, event, timestamp }) => [uuid, event, timestamp.toISOString()],
      );
      const queue = hoglet._events_queue.map(({ event }) => event).filter((event) => /^(one|two)$/.test(event));
      const flushed = await hoglet.flush();
      return { told, queue, flushed };
    }, own);
    assert.deepEqual(told.queue, ['one', 'two']);
    assert.equal(told.told[1][0], own);
    assert.deepEqual(told.flushed, { sent: 2, remaining: 0 });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(
      events.map(({ uuid, event, timestamp }) => [uuid, event, new Date(timestamp).toISOString()]),
      told.told,
    );
  });

  test('the click that wakes the core is captured', async () => {
    const token = newToken('click');
    const tab = await world.visit('lazy.html');
    await init(tab, token, { load: 'interaction', autocapture: true });
    await tab.click('#press');
    await tab.waitFor(() => hoglet.__loaded);
    await tab.evaluate(() => hoglet.flush());
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, '$autocapture');
    assert.equal(event.properties.$event_type, 'click');
    assert.equal(event.properties.$el_text, 'press');
  });

  test('loaded is called at once, and what it does belongs to the first pageview', async () => {
    const token = newToken('loaded');
    const tab = await world.visit('lazy.html');
    const atOnce = await tab.evaluate((token) => {
      let atOnce;
      hoglet.init(token, {
        api_host: location.origin, load: 'manual', opt_out_useragent_filter: true, autocapture: false,
        capture_pageleave: false, advanced_disable_flags: true,
        loaded: (client) => {
          atOnce = client === hoglet;
          client.register({ plan: 'pro' });
        },
      });
      return atOnce;
    }, token);
    assert.equal(atOnce, true);
    await tab.evaluate(() => hoglet.flush());
    const [event] = await world.collector.delivered(token, 1);
    assert.deepEqual([event.event, event.properties.plan], ['$pageview', 'pro']);
  });

  test('init looks at no storage, and where nothing is stored nothing is thrown', async () => {
    const tab = await world.visit('lazy.html');
    const looks = await tab.evaluate(() => {
      let looks = 0;
      for (const [holder, name] of [[window, 'localStorage'], [window, 'sessionStorage'], [Document.prototype, 'cookie']]) {
        const { get } = Object.getOwnPropertyDescriptor(holder, name);
        const look = function () {
          looks += 1;
          return get.call(this);
        };
        Object.defineProperty(name === 'cookie' ? document : window, name, { get: look, configurable: true });
      }
      let errors = 0;
      const { parse } = JSON;
      JSON.parse = (text) => {
        try {
          return parse(text);
        } catch (error) {
          errors += 1;
          throw error;
        }
      };
      try {
        hoglet.init('phc_looks', { api_host: location.origin, load: 'manual' });
        const atInit = looks;
        hoglet.get_distinct_id();
        return { atInit, later: looks, errors };
      } finally {
        JSON.parse = parse;
      }
    });
    assert.equal(looks.atInit, 0);
    assert.ok(looks.later > 0, 'the looks are seen');
    assert.equal(looks.errors, 0);
  });

  test('ready resolves when the core is there', async () => {
    const tab = await world.visit('lazy.html');
    await init(tab, newToken('ready'));
    const order = await tab.evaluate(async () => {
      const order = [];
      const ready = hoglet.ready.then(() => order.push(`ready ${hoglet.__loaded}`));
      order.push(`not yet ${!!hoglet.__loaded}`);
      await hoglet.load();
      await ready;
      return order;
    });
    assert.deepEqual(order, ['not yet false', 'ready true']);
  });

  test("README's table of answers is true", async () => {
    const [, table] = /\| before the core \| a first visit[^\n]*\n\|[-| ]+\n([\s\S]*?)\n\n/.exec(README);
    const rows = table.split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
    assert.ok(rows.length > 15);
    const first = await world.visit('lazy.html');
    await init(first, newToken('table'));
    const { token, tab: later } = await returning('table');
    await init(later, token);
    for (const [calls, ...answers] of rows) {
      for (const [tab, answer] of [[first, answers[0]], [later, answers[1] || answers[0]]]) {
        for (const [, call] of calls.matchAll(/`([^`]+)`/g)) {
          const expected = /`([^`]*)`/.exec(answer)?.[1];
          const text = await tab.evaluate((call) => {
            const answer = new Function(`return hoglet.${call}`)();
            return answer === undefined ? 'undefined' : JSON.stringify(answer).replaceAll('"', "'");
          }, call);
          if (expected === 'a uuid') assert.match(text.replaceAll("'", ''), UUID_V7, call);
          else assert.equal(text, expected, call);
        }
      }
    }
  });
}, undefined, only('lazy', 'js'));
