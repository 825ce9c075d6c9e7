/**
 * Whatever a server answers for flags, and if it answers nothing: the flags that were known stay, those who wait are told how it
 * ended, the console says why, and events go on.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { initAndLoad, newToken, suite } from '../support/suite.js';

const FLAGS = { advanced_disable_flags: false, debug: true };

const flag = (detail) => ({ enabled: true, ...detail });
const answer = (flags, more) => ({
  body: JSON.stringify({ flags, errorsWhileComputingFlags: false, requestId: 'the-request', evaluatedAt: 1, ...more }),
});
const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, number) => [`flag-${number}`, flag()]));

/** Answers that say nothing, and what the console is to say of them. */
const NONSENSE = [
  ['HTML', { body: '<!doctype html><title>Welcome</title>', content_type: 'text/html' }, /no JSON/],
  ['nothing', { body: '' }, /connection_error/],
  ['a text', { body: '"on"' }, /no JSON/],
  ['a list', { body: '["on"]' }, /no JSON/],
  ['JSON that is cut short', { body: answer({ on: flag() }).body.slice(0, -20) }, /no JSON/],
  ['JSON with a mistake', { body: '{"flags":{"on":}}' }, /no JSON/],
  ['an answer without flags', { body: '{}' }, /today's format/],
  ['flags that are null', { body: '{"flags":null}' }, /today's format/],
  ['flags in a list', { body: '{"flags":["on"]}' }, /today's format/],
  ['the first version', { body: '{"featureFlags":{"on":false},"featureFlagPayloads":{}}' }, /today's format/],
  ['10,000 flags', answer(many), /2,000 flags/],
  ['a payload of 2 MB', answer({ on: flag({ metadata: { payload: JSON.stringify('x'.repeat(2_000_000)) } }) }), /1,000,000 bytes/],
];

suite('bad input of flags', (world) => {
  /** A page whose flags are known: `on`, and `variant` with a payload. What handlers hear is in `heard`, since then. */
  async function loaded(name, config) {
    const token = newToken(name);
    const tab = await world.visit('lazy.html');
    await world.collector.defineFlag(token, 'on');
    await world.collector.defineFlag(token, 'variant', {
      filters: {
        groups: [{ properties: [], rollout_percentage: 100 }],
        multivariate: { variants: [{ key: 'blue', rollout_percentage: 100 }] },
        payloads: { blue: '{"color":"blue"}' },
      },
    });
    await begin(tab, token, config);
    assert.equal(await tab.evaluate(() => hoglet.flagsReady(60_000)), true);
    await tab.evaluate('heard.splice(0)');
    return { token, tab };
  }

  async function begin(tab, token, config) {
    await initAndLoad(tab, token, { ...FLAGS, ...config });
    await tab.evaluate(() => {
      window.heard = [];
      hoglet.onFeatureFlags((...args) => heard.push(args));
    });
  }

  const reload = (tab) => tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync().then(({ status }) => status));

  async function fail(rule) {
    await world.collector.faults([{ path: '/flags', ...rule }]);
  }

  const asked = async (token) => (await world.collector.requests({ token })).filter(({ path }) => path === '/flags/');

  /** The flags of `loaded` are answered as before. */
  async function assertStay(tab) {
    const known = await tab.evaluate(() => {
      const silently = { send_event: false };
      return {
        on: hoglet.isFeatureEnabled('on', silently),
        variant: hoglet.getFeatureFlagResult('variant', silently),
        none: hoglet.getFeatureFlag('none', silently) === undefined,
        all: hoglet.featureFlags.getFlagVariants(),
      };
    });
    assert.deepEqual(known, {
      on: true,
      variant: { key: 'variant', enabled: true, variant: 'blue', payload: { color: 'blue' } },
      none: true,
      all: { on: true, variant: 'blue' },
    });
  }

  /** An event that is captured now is delivered, and tells the flags. */
  async function assertGoesOn(tab, token) {
    await tab.evaluate(() => {
      hoglet.capture('after');
      hoglet.flush();
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.properties['$feature/variant'], 'blue');
  }

  async function assertSaid(tab, pattern) {
    const said = (await tab.console()).map(({ text }) => text);
    const isSaid = said.some((text) => text.startsWith('[hoglet] ') && pattern.test(text));
    assert.ok(isSaid, `the console does not say ${pattern}:\n${said.join('\n')}`);
  }

  for (const [name, rule, pattern] of NONSENSE) {
    test(`the server answers ${name}: the flags stay`, async () => {
      const { token, tab } = await loaded('nonsense');
      await fail(rule);
      assert.equal(await reload(tab), 'error');
      await assertStay(tab);
      await assertSaid(tab, pattern);
      assert.deepEqual(await tab.evaluate('heard'), [], 'nothing has changed');
      await assertGoesOn(tab, token);
      await world.collector.clearFaults();
      assert.equal(await reload(tab), 'loaded');
    });
  }

  test('flags that stay are there on the next page as well', async () => {
    const { token, tab } = await loaded('next');
    await fail({ body: '{"featureFlags":{"on":false}}' });
    await reload(tab);
    await world.go(tab, 'lazy.html');
    await begin(tab, token);
    await assertStay(tab);
    assert.equal(await tab.evaluate(() => hoglet.flagsReady(60_000)), false, 'they are not of this page');
    await assertStay(tab);
    const calls = await tab.evaluate('heard');
    assert.deepEqual(calls.map(([, values]) => values), [{ on: true, variant: 'blue' }], 'they were told once');
  });

  test('a first visitor who gets nonsense: who waits is told so, and nothing is known', async () => {
    const token = newToken('first');
    const tab = await world.visit('lazy.html');
    await fail({ body: '<html>' });
    await begin(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.flagsReady(60_000)), false);
    assert.deepEqual(await tab.evaluate('heard'), [[[], {}, { errorsLoading: true, source: '' }]]);
    const answers = await tab.evaluate(() => [
      hoglet.getFeatureFlag('on') === undefined,
      hoglet.isFeatureEnabled('on') === undefined,
      hoglet.isFeatureEnabled('on', { defaultValue: true }),
      hoglet.getAllFeatureFlags(),
      hoglet.featureFlags.hasLoadedFlags,
    ]);
    assert.deepEqual(answers, [true, true, true, [], true]);
  });

  test('flags of odd shapes cost the others nothing', async () => {
    const { tab } = await loaded('odd');
    const odd = { nothing: null, text: 'on', list: [], number: 7, none: {}, strange: flag({ variant: {}, metadata: 'text', reason: [] }) };
    const names = { toString: flag(), __proto__x: flag(), 'with "quotes" and \\': flag({ variant: 'ä€🦔' }), '': flag() };
    await fail(answer({ ...odd, ...names, good: flag({ variant: 'blue' }) }));
    assert.equal(await reload(tab), 'loaded');
    const values = await tab.evaluate(
      (keys) => keys.map((key) => hoglet.getFeatureFlag(key, { send_event: false })),
      [...Object.keys(names), 'good'],
    );
    assert.deepEqual(values, [true, true, 'ä€🦔', true, 'blue']);
    const unknown = await tab.evaluate(() => ['constructor', 'hasOwnProperty', '__proto__'].map((key) => String(hoglet.getFeatureFlag(key))));
    assert.deepEqual(unknown, ['undefined', 'undefined', 'undefined']);
    for (const key of Object.keys(odd)) {
      const value = await tab.evaluate((key) => hoglet.isFeatureEnabled(key, { send_event: false }) ?? false, key);
      assert.equal(typeof value, 'boolean', key);
    }
  });

  test('flags that the server could not evaluate keep their values, the others change', async () => {
    const { token, tab } = await loaded('partial');
    await fail(
      answer(
        { on: { enabled: false, failed: true }, variant: flag({ variant: 'red', metadata: { id: 1 } }), new: flag() },
        { errorsWhileComputingFlags: true },
      ),
    );
    assert.equal(await reload(tab), 'loaded');
    const known = await tab.evaluate(() => [hoglet.getFeatureFlag('on'), hoglet.getFeatureFlagResult('variant'), hoglet.getFeatureFlag('new')]);
    assert.deepEqual(known, [true, { key: 'variant', enabled: true, variant: 'red' }, true]);
    await tab.evaluate(() => hoglet.flush());
    for (const { properties } of await world.collector.delivered(token, 3)) {
      assert.equal(properties.$feature_flag_error, 'errors_while_computing_flags');
    }
  });

  test('a quota that is used up: nothing is taken, not even flags that come with it', async () => {
    const { token, tab } = await loaded('quota');
    await fail(answer({ on: flag({ variant: 'other' }) }, { quotaLimited: ['feature_flags'] }));
    assert.notEqual(await reload(tab), 'loaded');
    await assertStay(tab);
    await assertSaid(tab, /quota/);
    assert.deepEqual(await tab.evaluate('heard'), []);
    await tab.evaluate(() => hoglet.getFeatureFlag('on'));
    await tab.evaluate(() => hoglet.flush());
    const [{ properties }] = await world.collector.delivered(token, 1);
    assert.equal(properties.$feature_flag_error, 'quota_limited');
  });

  test('a quota of events does not stop requests for flags', async () => {
    const { token, tab } = await loaded('events');
    await world.collector.faults([{ path: '/e/', quota_limited: ['events'], times: 1 }]);
    await tab.evaluate(() => {
      hoglet.capture('refused');
      return hoglet.flush();
    });
    await world.collector.defineFlag(token, 'new');
    assert.equal(await reload(tab), 'loaded');
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('new')), true);
  });

  for (const status of [400, 401, 404, 500, 503]) {
    test(`status ${status} is not asked again for`, async () => {
      const { token, tab } = await loaded('refused');
      const before = (await asked(token)).length;
      await fail({ status });
      assert.equal(await reload(tab), 'error');
      await assertStay(tab);
      await assertSaid(tab, new RegExp(`api_error_${status}`));
      assert.deepEqual(await tab.evaluate('heard'), []);
      assert.equal((await asked(token)).length, before + 1);
      await assertGoesOn(tab, token);
    });
  }

  test('status 502 is asked again for, once', async () => {
    const { token, tab } = await loaded('gateway');
    const before = (await asked(token)).length;
    await fail({ status: 502 });
    assert.equal(await reload(tab), 'error');
    await assertStay(tab);
    const tries = (await asked(token)).slice(before);
    assert.deepEqual(tries.map(({ status }) => status), [502, 502]);
    const [first, second] = tries.map(({ received_at: at }) => Date.parse(at));
    assert.ok(second - first >= 450, `it was asked again after ${second - first} ms`);
    await assertGoesOn(tab, token);
  });

  test('status 504, and the second answer is taken', async () => {
    const { token, tab } = await loaded('second');
    const before = (await asked(token)).length;
    await world.collector.defineFlag(token, 'new');
    await fail({ status: 504, times: 1 });
    assert.equal(await reload(tab), 'loaded');
    assert.deepEqual((await asked(token)).slice(before).map(({ status }) => status), [504, 200]);
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('new')), true);
  });

  test('no second try where none is wanted', async () => {
    const { token, tab } = await loaded('no_second', { feature_flag_request_max_retries: 0 });
    const before = (await asked(token)).length;
    await fail({ status: 502 });
    assert.equal(await reload(tab), 'error');
    assert.equal((await asked(token)).length, before + 1);
  });

  test('a server that takes too long is given up, and asked once more', async () => {
    const { token, tab } = await loaded('slow', { feature_flag_request_timeout_ms: 100 });
    const before = (await asked(token)).length;
    await fail({ delay_ms: 600_000 });
    assert.equal(await reload(tab), 'error');
    await assertStay(tab);
    await assertSaid(tab, /timeout/);
    assert.equal((await asked(token)).length, before + 2);
    await tab.evaluate(() => hoglet.getFeatureFlag('on'));
    await tab.evaluate(() => hoglet.flush());
    const [{ properties }] = await world.collector.delivered(token, 1);
    assert.equal(properties.$feature_flag_error, 'timeout');
  });

  for (const reset of ['before', 'body', 'response']) {
    test(`a connection that is cut (${reset}): after three nobody is asked until the network is back`, async () => {
      const { token, tab } = await loaded('cut');
      await fail({ reset });
      for (let round = 0; round < 3; round += 1) assert.equal(await reload(tab), 'error');
      await assertStay(tab);
      await assertSaid(tab, /connection_error/);
      assert.equal(await reload(tab), 'skipped');
      await world.collector.clearFaults();
      assert.equal(await reload(tab), 'skipped');
      await world.collector.defineFlag(token, 'new');
      await tab.evaluate(() => dispatchEvent(new Event('online')));
      await tab.waitFor(() => hoglet.isFeatureEnabled('new'));
      assert.equal(await reload(tab), 'loaded');
    });
  }

  test('a payload that is no JSON is handed over as a text, with one warning', async () => {
    const token = newToken('payload');
    const tab = await world.visit('lazy.html');
    const payload = (text) => flag({ metadata: { id: 1, payload: text } });
    await fail(answer({ broken: payload('{"color":'), words: payload('hello world'), good: payload('{"a":[1]}') }));
    await begin(tab, token, { debug: false });
    await tab.evaluate(() => hoglet.flagsReady(60_000));
    for (let round = 0; round < 2; round += 1) {
      const payloads = await tab.evaluate(() => ['broken', 'words', 'good'].map((key) => hoglet.getFeatureFlagPayload(key)));
      assert.deepEqual(payloads, ['{"color":', 'hello world', { a: [1] }]);
      assert.equal(await tab.evaluate(() => hoglet.getFeatureFlagResult('broken').payload), '{"color":');
    }
    const warnings = (await tab.console()).filter(({ level, text }) => level === 'warn' && /no JSON/.test(text));
    assert.deepEqual(
      warnings.map(({ text }) => /"(\w+)"/.exec(text)[1]).sort(),
      ['broken', 'words'],
      'one warning each',
    );
  });

  test('a stored entry that is damaged: the flags are asked for', async () => {
    const { token, tab } = await loaded('damaged');
    await tab.go(world.page('away.html'));
    await tab.evaluate((token) => {
      const name = `ph_${token}_posthog`;
      const props = JSON.parse(localStorage[name]);
      Object.assign(props, { $enabled_feature_flags: 'text', $feature_flag_payloads: 7, $feature_flag_details: [null], $flag_call_reported: true });
      localStorage[name] = JSON.stringify(props);
    }, token);
    await world.go(tab, 'lazy.html');
    await begin(tab, token);
    const early = await tab.evaluate(() => [hoglet.getFeatureFlag('text'), hoglet.getFeatureFlagPayload('on'), hoglet.getAllFeatureFlags()]);
    assert.equal(early.length, 3, 'nothing throws');
    assert.equal(await tab.evaluate(() => hoglet.flagsReady(60_000)), true);
    await assertStay(tab);
  });

  test('flags that the app brings in odd shapes', async () => {
    const odd = [null, 'on', ['on'], { on: null, off: undefined }].map((featureFlags) => ({ featureFlags }));
    for (const bootstrap of [...odd, { featureFlagPayloads: { on: 1 } }]) {
      const token = newToken('brought');
      const tab = await world.visit('lazy.html');
      await world.collector.defineFlag(token, 'on');
      await begin(tab, token, { bootstrap });
      assert.equal(await reload(tab), 'loaded');
      assert.equal(await tab.evaluate(() => hoglet.getFeatureFlag('on')), true, JSON.stringify(bootstrap));
    }
  });

  test('calls with arguments that are none throw nothing', async () => {
    const { tab, token } = await loaded('arguments');
    await tab.evaluate(() => {
      const values = [undefined, null, 7, '', 'text', [], {}, () => {}, Symbol('s'), 1n, NaN];
      const names = ['updateFlags', 'setPersonPropertiesForFlags', 'setGroupPropertiesForFlags', 'resetGroupPropertiesForFlags', 'onFeatureFlags'];
      for (const value of values) {
        for (const name of names) hoglet[name](value, value);
        for (const name of ['getFeatureFlag', 'isFeatureEnabled', 'getFeatureFlagResult', 'getFeatureFlagPayload']) hoglet[name](value, value);
        hoglet.featureFlags.overrideFeatureFlags(value);
        hoglet.updateEarlyAccessFeatureEnrollment(value, value, value);
      }
      hoglet.featureFlags.overrideFeatureFlags(false);
    });
    await eventually(() => reload(tab), (status) => status === 'loaded', 'an answer');
    assert.deepEqual(await tab.evaluate(() => [hoglet.getFeatureFlag('on'), hoglet.getFeatureFlag('variant')]), [true, 'blue']);
    await tab.evaluate(() => {
      hoglet.capture('after');
      hoglet.flush();
    });
    await eventually(() => world.collector.events({ token }), (events) => events.some(({ event }) => event === 'after'), 'the event');
  });
});
