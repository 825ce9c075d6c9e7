/** The entry `hoglet/eager`: the client is there at once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

suite('eager', (world) => {
  test('init is synchronous: the id is there at once, and events are delivered', only('lazy', 'eager'), async () => {
    const token = newToken('eager');
    const tab = await world.visit('eager.html');
    const { id, same, uuid } = await tab.evaluate((token) => {
      const client = hoglet.init(token, { api_host: location.origin, opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true });
      const id = hoglet.get_distinct_id();
      const { uuid } = hoglet.capture('at once');
      hoglet.flush();
      return { id, same: client === hoglet, uuid };
    }, token);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal(same, true);
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.distinct_id, id);
    assert.equal(event.uuid, uuid);
  });

  test('loaded is called before init returns', only('lazy', 'eager'), async () => {
    const token = newToken('loaded');
    const tab = await world.visit('eager.html');
    const order = await tab.evaluate((token) => {
      const order = [];
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
        loaded: () => order.push('loaded'),
      });
      order.push('returned');
      return order;
    }, token);
    assert.deepEqual(order, ['loaded', 'returned']);
  });

  test('the two entries know the same visitor', only('lazy', 'eager'), async () => {
    const token = newToken('entries');
    const tab = await world.visit('eager.html');
    const config = { load: 'manual', opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true };
    const id = await tab.evaluate(
      (token, config) => hoglet.init(token, { api_host: location.origin, ...config }).get_distinct_id(),
      token,
      config,
    );
    await world.go(tab, 'lazy.html');
    const lazyId = await tab.evaluate(
      async (token, config) => {
        hoglet.init(token, { api_host: location.origin, ...config });
        await hoglet.load?.();
        return hoglet.get_distinct_id();
      },
      token,
      config,
    );
    assert.equal(lazyId, id);
  });

  test('a second init is ignored, with a word about it', async () => {
    const token = newToken('twice');
    const tab = await world.visit('eager.html');
    await tab.evaluate((token) => {
      hoglet.init(token, { api_host: location.origin, opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true });
      hoglet.init('phc_another', { api_host: location.origin });
      hoglet.capture('once');
      hoglet.flush();
    }, token);
    await world.collector.delivered(token, 1);
    assert.deepEqual(await world.collector.events({ token: 'phc_another' }), []);
    assert.ok((await tab.console()).some(({ text }) => /init\(\) was called again/.test(text)));
  });
});
