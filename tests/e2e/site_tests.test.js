/** What sites have of their own around the client: a script that looks whether it is set up rightly, and tests that catch its requests. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { startEndpoint } from '../support/endpoint.js';
import { eventually } from '../support/eventually.js';
import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

/** What Playwright makes of `**\/batch/*`. */
const GLOB = /^(.*\/)?batch\/[^/]*$/;

/** Settings for tests: plain JSON, to an address that is easily told from others. */
const PLAIN = { endpoint: '/batch/', disable_compression: true, batch_size: 2, batch_interval: 60_000 };

const QUIET = {
  load: 'manual',
  opt_out_useragent_filter: true,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  advanced_disable_flags: true,
};

/** A site's script that looks at a client. In the page. */
function validate(entry, token, settings) {
  const look = (client) => {
    const { api_host, autocapture, persistence } = client.config;
    return {
      api_host,
      autocapture,
      persistence,
      flags: typeof client.feature_flags,
      queue: Array.isArray(client._events_queue),
      methods: ['capture', 'debug', 'flush', 'set_config'].map((name) => typeof client[name]),
    };
  };
  return import(`/hoglet/${entry}.js`).then(async ({ default: client }) => {
    const imported = look(client);
    let loaded;
    const init = client.init(token, {
      ...settings,
      loaded: (given) => {
        given.debug(false);
        given.set_config({ batch_size: 1, batch_interval: 50 });
        loaded = { ...look(given), flushed: typeof given.flush().then, isSame: given === client };
      },
    });
    const begun = look(client);
    client.capture('early', { by: 'the site' });
    await client.load?.();
    client.capture('late');
    const { sent, remaining } = await client.flush();
    const { batch_size, batch_interval } = client.config;
    return { imported, begun, loaded, core: look(client), isSame: init === client, batch_size, batch_interval, remaining, sent: sent <= 2 };
  });
}

suite('site tests', (world) => {
  const endpoints = [];
  after(() => Promise.all(endpoints.map(({ stop }) => stop())));
  const endpoint = async (statuses) => {
    const started = await startEndpoint(statuses);
    endpoints.push(started);
    return started;
  };

  for (const entry of ['index', 'eager']) {
    test(`a site's validation script is content with ${entry}.js right after its import and after the core`, async () => {
      const token = newToken('validated');
      const tab = await world.visit('copies.html');
      const settings = { ...QUIET, api_host: world.collector.url, autocapture: true, persistence: 'localStorage' };
      const report = await tab.evaluate(validate, entry, token, settings);
      const shape = { flags: 'object', queue: true, methods: ['function', 'function', 'function', 'function'] };
      const set = { api_host: world.collector.url, autocapture: true, persistence: 'localStorage', ...shape };
      assert.deepEqual({ ...report.imported }, shape);
      assert.deepEqual(report.begun, set);
      assert.deepEqual(report.loaded, { ...set, flushed: 'function', isSame: true });
      assert.deepEqual(report.core, set);
      const { isSame, batch_size, batch_interval, remaining, sent } = report;
      assert.deepEqual([isSame, batch_size, batch_interval, remaining, sent], [true, 1, 50, 0, true]);
      const events = await world.collector.delivered(token, 2);
      assert.deepEqual(events.map(({ event }) => event), ['early', 'late']);
      const sizes = (await world.collector.requests({ token })).map(({ events }) => events);
      assert.deepEqual(sizes, [1, 1], 'the settings of `loaded` hold');
      assert.deepEqual((await tab.console()).filter(({ level }) => level !== 'debug'), []);
    });

    test(`bodies are plain JSON at an address of the site's choice, with ${entry}.js`, async () => {
      const token = newToken('plain');
      const server = await endpoint([503]);
      const tab = await world.visit(entry === 'index' ? 'lazy.html' : 'eager.html');
      const result = await tab.evaluate(
        async (token, settings) => {
          hoglet.init(token, settings);
          hoglet.capture('one', { price: 3, text: 'ü' });
          await hoglet.load?.();
          for (const event of ['two', 'three']) hoglet.capture(event);
          await hoglet.flush();
          return hoglet.flush();
        },
        token,
        { ...QUIET, ...PLAIN, api_host: `${server.url}/ingest/` },
      );
      assert.equal(result.remaining, 0);
      for (const { url, encoding } of server.requests) {
        assert.match(url, GLOB);
        assert.match(url, /^\/ingest\/batch\//);
        assert.equal(encoding, undefined);
      }
      const bodies = server.requests.map(({ body }) => JSON.parse(body));
      assert.ok(bodies.every(({ api_key, batch, sent_at }) => api_key === token && batch.length <= 2 && Date.parse(sent_at)));
      // Those of the first request, which failed, came again.
      const uuids = new Map(bodies.flatMap(({ batch }) => batch).map(({ uuid, event }) => [uuid, event]));
      assert.deepEqual([...uuids.values()].sort(), ['one', 'three', 'two']);
      const [{ properties }] = bodies[0].batch;
      assert.deepEqual([properties.price, properties.text], [3, 'ü']);
    });
  }

  test('what waits when the page is left is plain JSON at that address, too', async () => {
    const token = newToken('left');
    const server = await endpoint();
    const tab = await world.visit('eager.html');
    await tab.evaluate(
      (token, settings) => {
        hoglet.init(token, settings);
        hoglet.capture('waits');
      },
      token,
      { ...QUIET, ...PLAIN, api_host: server.url },
    );
    await tab.go(world.page('away.html'));
    const [{ url, body }] = await eventually(async () => server.requests, ({ length }) => length > 0, 'a request');
    assert.match(url, GLOB);
    assert.deepEqual(JSON.parse(body).batch.map(({ event }) => event), ['waits']);
  });

  test('a test that intercepts `**/batch/*` sees every event', async (context) => {
    if (!world.browser.can.intercept) return context.skip('this engine cannot intercept requests');
    const token = newToken('intercepted');
    const tab = await world.visit('lazy.html');
    const requests = await tab.intercept('*/batch/*', '{"status":1}');
    const flushed = await tab.evaluate(
      async (token, settings) => {
        hoglet.init(token, { ...settings, api_host: location.origin });
        hoglet.capture('one');
        await hoglet.load();
        for (const event of ['two', 'three']) hoglet.capture(event);
        return hoglet.flush();
      },
      token,
      { ...QUIET, ...PLAIN },
    );
    assert.equal(flushed.remaining, 0);
    assert.ok(requests.every(({ method, url }) => method === 'POST' && GLOB.test(url)));
    const events = requests.flatMap(({ body }) => JSON.parse(body).batch).map(({ event }) => event);
    assert.deepEqual(events, ['one', 'two', 'three']);
    assert.deepEqual(await world.collector.events({ token }), [], 'nothing went past the interception');
  });
}, undefined, only('lazy'));
