/** Who an event is from: one visitor stays one person, across pages, tabs and a login. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { init, initAndLoad, newToken, suite } from '../support/suite.js';

suite('identity', (world) => {
  test('one anonymous id across reloads and tabs', async () => {
    const token = newToken('anonymous');
    const first = await world.visit('lazy.html');
    await initAndLoad(first, token);
    const id = await first.evaluate(() => hoglet.get_distinct_id());

    await first.reload();
    await first.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(first, token);
    const second = await world.visit('lazy.html');
    await initAndLoad(second, token);
    for (const tab of [first, second]) {
      assert.equal(await tab.evaluate(() => hoglet.get_distinct_id()), id);
      await tab.evaluate(() => {
        hoglet.capture('seen');
        hoglet.flush();
      });
    }
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ distinct_id }) => distinct_id), [id, id]);
    const [one, two] = events.map(({ properties }) => properties);
    assert.equal(one.$session_id, two.$session_id, 'tabs share a session');
    assert.notEqual(one.$window_id, two.$window_id, 'tabs are two windows');
  });

  test("the identity is stored in posthog-js's format, in localStorage and in a cookie", async () => {
    const token = newToken('stored');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const id = await tab.evaluate(() => {
      hoglet.capture('seen');
      return hoglet.get_distinct_id();
    });
    const { local, cookie } = await stored(tab, token);
    for (const [where, props] of Object.entries({ local, cookie })) {
      assert.equal(props.distinct_id, id, where);
      assert.equal(props.$device_id, id, where);
      assert.equal(props.$user_state, 'anonymous', where);
    }
    assert.equal(Array.isArray(local.$sesid) && local.$sesid.length, 3);
  });

  test('a visitor whose localStorage was cleared is known by the cookie, and the other way round', async () => {
    const token = newToken('cleared');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const id = await tab.evaluate(() => hoglet.get_distinct_id());
    await tab.evaluate(() => localStorage.clear());
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.get_distinct_id()), id);

    await tab.evaluate((token) => {
      document.cookie = `ph_${token}_posthog=; max-age=0; path=/`;
    }, token);
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.get_distinct_id()), id);
    assert.equal((await stored(tab, token)).cookie.distinct_id, id);
  });

  test('identify joins what was anonymous to the person', async () => {
    const token = newToken('identify');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const anonymous = await tab.evaluate(() => hoglet.get_distinct_id());
    await tab.evaluate(() => {
      hoglet.capture('browsed');
      hoglet.identify('ada@example.com', { plan: 'pro' }, { first_plan: 'free' });
      hoglet.capture('bought');
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 3);
    assert.deepEqual(
      events.map(({ event, distinct_id }) => [event, distinct_id]),
      [
        ['browsed', anonymous],
        ['$identify', 'ada@example.com'],
        ['bought', 'ada@example.com'],
      ],
    );
    const [browsed, identify, bought] = events;
    assert.equal(identify.properties.$anon_distinct_id, anonymous);
    assert.deepEqual(identify.set, { plan: 'pro' });
    assert.equal(identify.set_once.first_plan, 'free');
    assert.equal(browsed.properties.$is_identified, false);
    assert.equal(browsed.properties.$process_person_profile, false);
    assert.equal(bought.properties.$is_identified, true);
    assert.equal(bought.properties.$process_person_profile, true);
    assert.equal(bought.properties.$user_id, 'ada@example.com');
    for (const { properties } of events) assert.equal(properties.$device_id, anonymous);

    const [person, ...others] = await world.collector.persons({ token });
    assert.deepEqual(others, []);
    assert.deepEqual([...person.distinct_ids].sort(), [anonymous, 'ada@example.com'].sort());
    assert.equal(person.properties.plan, 'pro');
  });

  test('identify before the core is there does the same, and stays after a reload', async () => {
    const token = newToken('early');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    await tab.evaluate(async () => {
      hoglet.capture('browsed');
      hoglet.identify('early-user');
      hoglet.capture('bought');
      await hoglet.load?.();
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 3);
    assert.deepEqual(events.map(({ event }) => event), ['browsed', '$identify', 'bought']);
    assert.equal(events[1].properties.$anon_distinct_id, events[0].distinct_id);
    assert.equal(events[2].distinct_id, 'early-user');

    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.get_distinct_id()), 'early-user');
  });

  test('identify with an id that is nobody\'s changes nothing', async () => {
    const token = newToken('nobody');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const before = await tab.evaluate(() => hoglet.get_distinct_id());
    await tab.evaluate(() => {
      for (const id of ['', '  ', 'null', 'undefined', 'distinct_id', null, undefined, {}]) hoglet.identify(id);
      hoglet.capture('still here');
      hoglet.flush();
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, 'still here');
    assert.equal(event.distinct_id, before);
  });

  test('reset begins a new person on the same device, reset(true) on a new one', async () => {
    const token = newToken('reset');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const device = await tab.evaluate(() => hoglet.get_distinct_id());
    await tab.evaluate(() => {
      hoglet.register({ cart: 3 });
      hoglet.identify('someone');
      hoglet.reset();
      hoglet.capture('after logout');
      hoglet.flush();
    });
    const [, afterLogout] = await world.collector.delivered(token, 2);
    assert.equal(afterLogout.event, 'after logout');
    assert.ok(!['someone', device].includes(afterLogout.distinct_id), 'a new distinct id');
    assert.equal(afterLogout.properties.$device_id, device);
    assert.equal(afterLogout.properties.$is_identified, false);
    assert.equal('cart' in afterLogout.properties, false, 'super properties are gone');
    assert.equal('$user_id' in afterLogout.properties, false);

    await tab.evaluate(() => {
      hoglet.reset(true);
      hoglet.capture('on a new device');
      hoglet.flush();
    });
    const [, , onNewDevice] = await world.collector.delivered(token, 3);
    assert.notEqual(onNewDevice.properties.$device_id, device);
    assert.equal(onNewDevice.properties.$device_id, onNewDevice.distinct_id);
  });

  test('registered properties go with every event, also after a reload', async () => {
    const token = newToken('register');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.register({ theme: 'dark', nested: { list: [1, 'two', null] } });
      hoglet.capture('first');
      hoglet.capture('own value wins', { theme: 'light' });
      hoglet.flush();
    });
    await world.collector.delivered(token, 2);
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('after reload');
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 3);
    assert.deepEqual(events.map(({ properties }) => properties.theme), ['dark', 'light', 'dark']);
    assert.deepEqual(events[2].properties.nested, { list: [1, 'two', null] });
  });
});

/** The props that are stored under posthog-js's name. */
async function stored(tab, token) {
  return tab.evaluate((token) => {
    const name = `ph_${token}_posthog`;
    const cookie = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${name}=`));
    return {
      local: JSON.parse(localStorage.getItem(name)),
      cookie: cookie && JSON.parse(decodeURIComponent(cookie.slice(name.length + 1))),
    };
  }, token);
}
