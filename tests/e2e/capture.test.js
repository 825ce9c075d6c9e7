/** What is captured arrives: in order, once, with its own time and the properties that PostHog expects. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { required } from '../support/environment.js';
import { only } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const BROWSER = { chromium: 'Chrome', firefox: 'Firefox', webkit: 'Safari' };

suite('capture', (world) => {
  test('events from before and after the core are one sequence, each once', async () => {
    const token = newToken('order');
    const tab = await world.visit('lazy.html');
    await init(tab, token, { load: 'manual' });
    const spans = await tab.evaluate(async () => {
      const spans = [];
      const capture = (event) => {
        const start = Date.now();
        hoglet.capture(event, { at: spans.length + 1 });
        spans.push([start, Date.now()]);
      };
      const nextMillisecond = async () => {
        const now = Date.now();
        while (Date.now() === now) await new Promise((resolve) => setTimeout(resolve));
      };
      for (let i = 0; i < 3; i += 1) {
        capture(`before ${i}`);
        await nextMillisecond();
      }
      await hoglet.load?.();
      for (let i = 0; i < 2; i += 1) capture(`after ${i}`);
      hoglet.flush();
      return spans;
    });
    const events = await world.collector.delivered(token, 5);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['before 0', 'before 1', 'before 2', 'after 0', 'after 1'],
    );
    assert.deepEqual(events.map(({ properties }) => properties.at), [1, 2, 3, 4, 5]);
    for (const [i, event] of events.entries()) {
      const [start, end] = spans[i];
      const time = Date.parse(event.timestamp);
      assert.ok(start <= time && time <= end, `${event.event} was captured from ${start} to ${end}: ${time}`);
      assert.match(event.uuid, UUID_V7);
    }
    assert.equal(new Set(events.map(({ uuid }) => uuid)).size, 5);
  });

  test("with load: 'interaction' no core is fetched until the visitor's first click", only('lazy', 'js'), async () => {
    const token = newToken('interaction');
    const tab = await world.visit('lazy.html');
    await init(tab, token, { load: 'interaction', batch_interval: 100 });
    await tab.evaluate(() => hoglet.capture('early'));
    const coreFetched = () =>
      performance.getEntriesByType('resource').some(({ name }) => /\/core(-without-wasm)?\.js$/.test(name));
    // Past the moment at which an idle page would have fetched it.
    await tab.evaluate(async () => {
      if (document.readyState !== 'complete') await new Promise((loaded) => addEventListener('load', loaded));
      const idle = window.requestIdleCallback ?? requestAnimationFrame;
      await new Promise((resolve) => idle(resolve));
    });
    assert.equal(await tab.evaluate(coreFetched), false);
    assert.equal((await world.collector.requests({ token })).length, 0);

    await tab.click('#press');
    await tab.waitFor(coreFetched);
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, 'early');
  });

  test('what the app changes in its objects after the call is not sent', async () => {
    const token = newToken('copies');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    await tab.evaluate(async () => {
      const properties = { step: 1 };
      hoglet.capture('first', properties);
      properties.step = 2;
      hoglet.capture('second', properties);
      await hoglet.load?.();
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ properties }) => properties.step), [1, 2]);
  });

  test('an event carries the default properties', async () => {
    const token = newToken('defaults');
    const tab = await world.visit('lazy.html?page=1#part');
    await initAndLoad(tab, token);
    const [start, end] = await tab.evaluate(() => {
      const start = Date.now();
      hoglet.capture('looked', { own: 'value' });
      hoglet.flush();
      return [start, Date.now()];
    });
    const page = await tab.evaluate(() => ({
      user_agent: navigator.userAgent,
      language: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      timezone_offset: new Date().getTimezoneOffset(),
      screen: [screen.width, screen.height],
      viewport: [innerWidth, innerHeight],
      host: location.host,
      origin: location.origin,
      distinct_id: hoglet.get_distinct_id(),
    }));
    const [event] = await world.collector.delivered(token, 1);
    const { properties } = event;
    const version = JSON.parse(readFileSync(join(required('HOGLET_PACKAGE'), 'package.json'), 'utf8')).version;
    const expected = {
      token,
      distinct_id: page.distinct_id,
      $device_id: page.distinct_id,
      $lib: 'hoglet',
      $lib_version: version,
      $sdk_dist_channel: 'npm',
      $lib_custom_api_host: page.origin,
      $config_defaults: 'unset',
      $browser: BROWSER[world.browser.engine],
      $os: 'Linux',
      $device_type: 'Desktop',
      $raw_user_agent: page.user_agent,
      $browser_language: page.language,
      $browser_language_prefix: page.language.split('-')[0],
      $timezone: page.timezone,
      $timezone_offset: page.timezone_offset,
      $screen_width: page.screen[0],
      $screen_height: page.screen[1],
      $viewport_width: page.viewport[0],
      $viewport_height: page.viewport[1],
      $current_url: world.page('lazy.html?page=1#part'),
      $host: page.host,
      $pathname: '/lazy.html',
      $referrer: '$direct',
      $referring_domain: '$direct',
      $configured_session_timeout_ms: 1_800_000,
      $is_identified: false,
      $process_person_profile: false,
      own: 'value',
    };
    const actual = Object.fromEntries(Object.keys(expected).map((key) => [key, properties[key]]));
    assert.deepEqual(actual, expected);
    assert.equal(typeof properties.$browser_version, 'number');
    assert.match(properties.$insert_id, /^[0-9a-z]{1,16}$/);
    assert.match(properties.$session_id, UUID_V7);
    assert.match(properties.$window_id, UUID_V7);
    assert.match(page.distinct_id, UUID_V7);
    assert.match(properties.$initialization_time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const time = Math.round(properties.$time * 1000);
    assert.ok(start <= time && time <= end, `captured from ${start} to ${end}: ${time}`);
    assert.equal(event.session_id, properties.$session_id);
    for (const hidden of ['$user_state', '$sesid', '$epp', '$initial_person_info', '$client_session_props']) {
      assert.ok(!(hidden in properties), `${hidden} is not for events`);
    }
  });

  test('campaign parameters of the address are properties, those that are missing are null', async () => {
    const token = newToken('campaign');
    const tab = await world.visit('lazy.html?utm_source=news%20letter&utm_campaign=sommer+%C3%BC&gclid=g1');
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('landed');
      hoglet.flush();
    });
    const [{ properties }] = await world.collector.delivered(token, 1);
    assert.equal(properties.utm_source, 'news letter');
    assert.equal(properties.utm_campaign, 'sommer ü');
    assert.equal(properties.gclid, 'g1');
    assert.equal(properties.utm_medium, null);
  });

  test('the referrer is where the visitor came from', async () => {
    const token = newToken('referrer');
    const tab = await world.visit('lazy.html');
    await tab.go(world.page('away.html'));
    await tab.click('#back');
    await tab.waitFor(() => window.hoglet !== undefined);
    await tab.evaluate(() => sessionStorage.clear());
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('arrived');
      hoglet.flush();
    });
    const [{ properties }] = await world.collector.delivered(token, 1);
    assert.equal(properties.$referrer, world.page('away.html'));
    assert.equal(properties.$referring_domain, new URL(world.collector.url).host);
  });

  test('an event captured before the core came has the address it was captured at', async () => {
    const token = newToken('address');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    await tab.evaluate(async () => {
      hoglet.capture('here');
      history.pushState(null, '', '/elsewhere');
      hoglet.capture('there');
      await hoglet.load?.();
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(
      events.map(({ properties }) => [properties.$current_url, properties.$pathname]),
      [
        [world.page('lazy.html'), '/lazy.html'],
        [world.page('elsewhere'), '/elsewhere'],
      ],
    );
  });

  test('time, id and person operations can be given', async () => {
    const token = newToken('options');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const uuid = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
    const result = await tab.evaluate((uuid) => {
      const result = hoglet.capture(
        'imported',
        {},
        { uuid, timestamp: new Date('2024-05-06T07:08:09.010Z'), $set: { plan: 'pro' }, $set_once: { seen: 1 } },
      );
      hoglet.flush();
      const { uuid: id, event, timestamp, properties, $set } = result;
      return { id, event, timestamp: timestamp.toISOString(), lib: properties.$lib, $set };
    }, uuid);
    assert.deepEqual(result, {
      id: uuid,
      event: 'imported',
      timestamp: '2024-05-06T07:08:09.010Z',
      lib: 'hoglet',
      $set: { plan: 'pro' },
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.uuid, uuid);
    assert.equal(event.timestamp, '2024-05-06T07:08:09.010Z');
    assert.deepEqual(event.set, { plan: 'pro' });
    assert.equal(event.set_once.seen, 1);
    assert.equal(event.properties.$event_time_override_provided, true);
  });

  test('events that wait can be read, and config says what is in force', async () => {
    const token = newToken('readable');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 7 });
    await tab.evaluate(() => {
      hoglet.capture('waits', { a: 1 });
    });
    const seen = await tab.evaluate(() => ({
      queue: hoglet._events_queue.map(({ event, properties }) => [event, properties.a]),
      config: hoglet.config,
    }));
    assert.deepEqual(seen.queue, [['waits', 1]]);
    assert.equal(seen.config.token, token);
    assert.equal(seen.config.batch_size, 7);
    assert.equal(seen.config.batch_interval, 3000);
    await tab.evaluate(() => hoglet.flush());
    await world.collector.delivered(token, 1);
    await tab.waitFor(() => hoglet._events_queue.length === 0);
  });

  test('loaded is called once, with the client, before what was captured earlier is sent', async () => {
    const token = newToken('loaded');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(async (token) => {
      window.calls = [];
      hoglet.init(token, {
        api_host: location.origin,
        load: 'manual',
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
        loaded: (client) => {
          calls.push(client === hoglet);
          client.register({ from_loaded: true });
        },
      });
      hoglet.capture('early');
      await hoglet.load?.();
      hoglet.flush();
    }, token);
    assert.deepEqual(await tab.evaluate('calls'), [true]);
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.properties.from_loaded, true);
  });
});
