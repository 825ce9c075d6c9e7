/** The entry `hoglet/testing`: an app's unit test sees what its code has told the client, and nothing else happens. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { required } from '../support/environment.js';

const load = (entry) => import(pathToFileURL(join(required('HOGLET_PACKAGE'), entry)).href);
const { createTestClient } = await load('testing.js');
const { default: real } = await load('eager.js');

const names = ({ events }) => events.map(({ event }) => event);

/** What a call says in the console. */
function said(t, action) {
  const error = t.mock.method(console, 'error', () => {});
  action();
  return error.mock.calls.map(({ arguments: [text] }) => text);
}

describe('a client for tests', () => {
  let client;
  beforeEach(() => {
    client = createTestClient({ flags: { beta: true, button: 'blue', off: false }, payloads: { button: '{"size":2}' } });
  });

  test('has whatever the real one has', async () => {
    const { default: lazy } = await load('index.js');
    const members = [...Object.getOwnPropertyNames(real.constructor.prototype), ...Object.getOwnPropertyNames(real)];
    // How the package itself makes the calls that waited for the core.
    const own = members.filter((name) => !['constructor', 'replay', 'member'].includes(name));
    for (const name of [...own, 'load', 'ready']) assert.ok(name in client, name);
    for (const name of own) {
      if (typeof real[name] === 'function') assert.equal(typeof client[name], 'function', name);
    }
    const flags = Object.getOwnPropertyNames(Object.getPrototypeOf(real.featureFlags));
    for (const name of flags) assert.ok(name in client.featureFlags, name);
    assert.equal(typeof lazy.load, typeof client.load);
  });

  test('keeps events with name, properties, time and visitor', () => {
    const at = new Date('2026-02-03T04:05:06Z');
    const cart = { items: ['acorn'], since: at };
    const result = client.capture('bought', cart, { timestamp: at, $set: { plan: 'pro' } });
    cart.items.push('nut');
    assert.deepEqual(client.events, [
      {
        uuid: '00000000-0000-7000-8000-000000000001',
        event: 'bought',
        distinct_id: 'anonymous-1',
        timestamp: at,
        properties: { items: ['acorn'], since: '2026-02-03T04:05:06.000Z' },
        $set: { plan: 'pro' },
      },
    ]);
    assert.equal(result, client.events[0]);
  });

  test('identifies as the real one does', () => {
    client.identify('ada', { plan: 'pro' });
    client.identify('ada', { plan: 'pro' });
    client.identify('ada', { plan: 'free' });
    assert.equal(client.get_distinct_id(), 'ada');
    const [joined, changed, ...others] = client.events;
    assert.deepEqual([joined.event, joined.properties, joined.$set], [
      '$identify',
      { distinct_id: 'ada', $anon_distinct_id: 'anonymous-1' },
      { plan: 'pro' },
    ]);
    assert.deepEqual([changed.event, changed.properties.$set], ['$set', { plan: 'free' }]);
    assert.deepEqual(others, []);
  });

  test('what is registered and the groups go with events, until reset', () => {
    client.register({ theme: 'dark' });
    client.register_once({ theme: 'light', first: 1 });
    client.register_for_session({ tab: 2 });
    client.group('company', 'acme', { size: 3 });
    client.unregister('first');
    client.capture('seen', { theme: 'own' });
    assert.deepEqual(client.events.at(-1).properties, { theme: 'own', tab: 2, $groups: { company: 'acme' } });
    assert.equal(client.get_property('theme'), 'dark');
    client.identify('ada');
    client.reset();
    client.capture('after');
    assert.deepEqual(client.events.at(-1).properties, {});
    assert.deepEqual(client.getGroups(), {});
    assert.equal(client.get_distinct_id(), 'anonymous-2');
  });

  test('nothing is captured of visitors who opted out', () => {
    client.opt_out_capturing();
    assert.equal(client.capture('unseen'), undefined);
    assert.equal(client.has_opted_out_capturing(), true);
    client.opt_in_capturing();
    client.capture('seen');
    assert.deepEqual(names(client), ['$opt_in', 'seen']);

    client.startOver();
    client.init('phc_test', { opt_out_capturing_by_default: true });
    client.capture('unseen');
    assert.deepEqual(names(client), []);
  });

  test('flags are what the test says', async () => {
    assert.equal(client.isFeatureEnabled('beta'), true);
    assert.equal(client.getFeatureFlag('button'), 'blue');
    assert.deepEqual(client.getFeatureFlagPayload('button'), { size: 2 });
    assert.equal(client.isFeatureEnabled('unknown'), undefined);
    assert.equal(await client.flagsReady(), true);
    const told = [];
    const stop = client.onFeatureFlags((keys, values) => told.push([keys, values]));
    client.updateFlags({ beta: false }, undefined, { merge: true });
    client.updateFlags({ beta: false }, undefined, { merge: true });
    client.featureFlags.overrideFeatureFlags({ flags: { off: true } });
    stop();
    client.updateFlags({});
    assert.deepEqual(told, [
      [['beta', 'button'], { beta: true, button: 'blue' }],
      [['button'], { button: 'blue' }],
      [['button', 'off'], { button: 'blue', off: true }],
    ]);
    assert.deepEqual(await client.featureFlags.reloadFeatureFlagsAsync(), { status: 'loaded' });
    assert.deepEqual(client.events, []);
  });

  test('flags that are not known yet have no values, until they are', () => {
    const early = createTestClient({ flags: null });
    const told = [];
    early.onFeatureFlags((keys) => told.push(keys));
    assert.equal(early.isFeatureEnabled('beta', { defaultValue: false }), false);
    assert.equal(early.featureFlags.hasLoadedFlags, false);
    assert.deepEqual(told, []);
    early.updateFlags({ beta: true });
    assert.deepEqual(told, [['beta']]);
  });

  test('no server is asked for features to enroll in, and enrolling in one is captured', () => {
    let features;
    client.getEarlyAccessFeatures((list) => (features = list), true);
    assert.deepEqual(features, []);
    client.updateEarlyAccessFeatureEnrollment('labs', true);
    assert.equal(client.isFeatureEnabled('labs'), true);
    assert.deepEqual(names(client), ['$feature_enrollment_update']);
  });

  test('init takes settings, calls loaded and begins other clients', () => {
    let loaded;
    const returned = client.init('phc_test', {
      api_host: '/ingest',
      bootstrap: { distinctID: 'ada', isIdentifiedID: true, featureFlags: { fresh: true } },
      loaded: (client) => (loaded = client),
    });
    assert.equal(returned, client);
    assert.equal(loaded, client);
    assert.equal(client.config.api_host, '/ingest');
    assert.equal(client.get_distinct_id(), 'ada');
    assert.equal(client.isFeatureEnabled('fresh'), true);
    const shop = client.init('phc_shop', {}, 'shop');
    shop.capture('sold');
    assert.equal(client.shop, shop);
    assert.deepEqual([names(client), names(shop)], [[], ['sold']]);
  });

  test('listeners hear of events', () => {
    const heard = [];
    const stop = client.on('eventCaptured', ({ event }) => heard.push(event));
    client.capture('one');
    stop();
    client.capture('two');
    assert.deepEqual(heard, ['one']);
  });

  test('an exception is captured with its name and its message', () => {
    client.captureException(new TypeError('no acorns'), { where: 'shop' });
    assert.deepEqual(client.events[0].properties, {
      $exception_list: [{ type: 'TypeError', value: 'no acorns' }],
      where: 'shop',
    });
  });

  test('what is asked for wrongly is said, and nothing throws', (t) => {
    const texts = said(t, () => {
      client.capture();
      client.identify('');
      client.group('company');
      client.onFeatureFlags('no function');
      client.init('');
    });
    assert.equal(texts.length, 5, texts.join('\n'));
    assert.deepEqual(client.events, []);
  });

  test('it starts over between tests', () => {
    const { events } = client;
    const heard = [];
    client.init('phc_test', { debug: true }, 'shop');
    client.on('eventCaptured', ({ event }) => heard.push(event));
    client.onFeatureFlags((keys) => heard.push(keys));
    client.identify('ada');
    client.updateFlags({});
    client.opt_out_capturing();
    heard.length = 0;
    client.startOver();
    client.capture('again');
    assert.equal(client.events, events);
    assert.deepEqual(events.map(({ uuid, distinct_id }) => [uuid.at(-1), distinct_id]), [['1', 'anonymous-1']]);
    assert.equal(client.getFeatureFlag('button'), 'blue');
    assert.equal(client.shop, undefined);
    assert.deepEqual(heard, []);
  });
});

test('whatever is called, nobody is asked and no timer is set', async (t) => {
  const asked = ['fetch', 'setTimeout', 'setInterval'].map((name) => t.mock.method(globalThis, name, () => {}));
  for (const level of ['error', 'warn']) t.mock.method(console, level, () => {});
  const client = createTestClient();
  for (const holder of [client, client.featureFlags]) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(holder))) {
      if (typeof holder[name] === 'function' && name !== 'constructor') await holder[name]('text', () => {});
    }
  }
  assert.deepEqual(asked.map(({ mock }) => mock.callCount()), [0, 0, 0]);
});
