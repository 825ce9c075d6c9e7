/** A site with several hosts: its visitors are one visitor on all of them, or on each its own, as the app chooses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

/** Names under localhost are this machine, in browsers that resolve them themselves. */
const HOSTS = ['a.shop.localhost', 'b.shop.localhost'];

suite('subdomains', (world) => {
  /** A tab on each of two hosts of a site. Skips the test where the engine does not know them. */
  async function hosts(t) {
    const tabs = [];
    for (const host of HOSTS) {
      const tab = await world.visit('lazy.html');
      try {
        await arrive(tab, host);
      } catch (error) {
        t.skip(`${world.browser.engine} does not resolve ${host}: ${error.message.split('\n')[0]}`);
        return undefined;
      }
      tabs.push(tab);
    }
    return tabs;
  }

  async function arrive(tab, host) {
    const url = new URL(world.page('lazy.html'));
    url.hostname = host;
    await tab.go(url.href);
    await tab.waitFor(() => window.hoglet !== undefined);
  }

  test('a visitor is the same on both hosts, in the same session', async (t) => {
    const token = newToken('site');
    const [a, b] = (await hosts(t)) ?? [];
    if (!a) return;
    await initAndLoad(a, token);
    await a.evaluate(() => {
      hoglet.identify('ada');
      hoglet.capture('here');
      hoglet.flush();
    });
    const [identify, here] = await world.collector.delivered(token, 2);
    await initAndLoad(b, token);
    await b.evaluate(() => {
      hoglet.capture('there');
      hoglet.flush();
    });
    const [, , there] = await world.collector.delivered(token, 3);
    assert.equal(there.properties.$host.split(':')[0], HOSTS[1]);
    assert.equal(there.distinct_id, 'ada');
    assert.equal(there.properties.$is_identified, true);
    assert.equal(there.properties.$device_id, identify.properties.$device_id);
    assert.equal(there.session_id, here.session_id);
    assert.equal(await b.evaluate(() => document.cookie.includes('hoglet_probe')), false, 'no probe is left');
  });

  test('with cross_subdomain_cookie: false each host has a visitor of its own', async (t) => {
    const token = newToken('hosts');
    const config = { cross_subdomain_cookie: false };
    const [a, b] = (await hosts(t)) ?? [];
    if (!a) return;
    await initAndLoad(a, token, config);
    await a.evaluate(() => hoglet.identify('ada'));
    await initAndLoad(b, token, config);
    assert.notEqual(await b.evaluate(() => hoglet.get_distinct_id()), 'ada');
    assert.equal(await b.evaluate(() => hoglet.persistence.props.$user_state), 'anonymous');
    await arrive(a, HOSTS[0]);
    await initAndLoad(a, token, config);
    assert.equal(await a.evaluate(() => hoglet.get_distinct_id()), 'ada');
  });

  test('with cookieWinsOnConflict an open page follows the identify and the reset of the other host', async (t) => {
    const token = newToken('follows');
    const config = { cookieWinsOnConflict: true };
    const [a, b] = (await hosts(t)) ?? [];
    if (!a) return;
    await initAndLoad(a, token, config);
    await initAndLoad(b, token, config);
    const anonymous = await a.evaluate(() => hoglet.get_distinct_id());
    assert.equal(await b.evaluate(() => hoglet.get_distinct_id()), anonymous);

    await a.evaluate(() => hoglet.identify('ada'));
    const followed = await b.evaluate(() => {
      const { properties } = hoglet.capture('followed');
      hoglet.register({ cart: 3 });
      hoglet.flush();
      return [properties.distinct_id, properties.$is_identified, hoglet.get_distinct_id()];
    });
    assert.deepEqual(followed, ['ada', true, 'ada']);

    await a.evaluate(() => hoglet.reset());
    const next = await a.evaluate(() => hoglet.get_distinct_id());
    await b.evaluate(() => {
      hoglet.capture('afterwards');
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 3);
    const afterwards = events.find(({ event }) => event === 'afterwards');
    assert.equal(afterwards.distinct_id, next);
    assert.equal(afterwards.properties.$is_identified, false);
    for (const key of ['$user_id', 'cart']) assert.equal(key in afterwards.properties, false, key);
  });

  test('without cookieWinsOnConflict what a host has stored itself counts', async (t) => {
    const token = newToken('stays');
    const [a, b] = (await hosts(t)) ?? [];
    if (!a) return;
    await initAndLoad(a, token);
    await initAndLoad(b, token);
    const before = await b.evaluate(() => hoglet.get_distinct_id());
    await a.evaluate(() => hoglet.reset(true));
    await arrive(b, HOSTS[1]);
    await initAndLoad(b, token);
    assert.equal(await b.evaluate(() => hoglet.get_distinct_id()), before);
  });
});
