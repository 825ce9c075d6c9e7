/** Clients as objects: several on a page, begun, ended and begun again, and what an app can see of them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

suite('instances', (world) => {
  test('a named instance has a project, a visitor and a storage of its own', async () => {
    const [token, second] = [newToken('first'), newToken('second')];
    const tab = await world.visit('lazy.html');
    const seen = await tab.evaluate(
      async (token, second) => {
        const config = { api_host: location.origin, load: 'manual', opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true };
        const loaded = [];
        hoglet.init(token, config);
        const shop = hoglet.init(second, { ...config, loaded: (client) => loaded.push(client === hoglet.shop) }, 'shop');
        shop.capture('before the core');
        await hoglet.load?.();
        shop.identify('ada');
        hoglet.capture('of the first');
        hoglet.shop.register({ theme: 'dark' });
        hoglet.shop.capture('of the second');
        const late = hoglet.init(`${second}late`, config, 'late');
        late.capture('of the third');
        for (const client of [hoglet, shop, late]) client.flush();
        return {
          names: [hoglet, shop, late].map(String),
          configs: [hoglet, shop, late].map(({ config }) => [config.token, config.name]),
          same: [shop === hoglet.shop, late === hoglet.late, hoglet.init(second, config, 'shop') === shop],
          loaded,
          ids: [hoglet.get_distinct_id() !== 'ada', shop.get_distinct_id()],
          theme: [hoglet.get_property('theme') === undefined, shop.get_property('theme')],
        };
      },
      token,
      second,
    );
    assert.deepEqual(seen, {
      names: ['posthog', 'posthog.shop', 'posthog.late'],
      configs: [
        [token, 'posthog'],
        [second, 'shop'],
        [`${second}late`, 'late'],
      ],
      same: [true, true, true],
      loaded: [true],
      ids: [true, 'ada'],
      theme: [true, 'dark'],
    });
    const names = async (token, count) => (await world.collector.delivered(token, count)).map(({ event }) => event);
    assert.deepEqual(await names(token, 1), ['of the first']);
    assert.deepEqual(await names(second, 3), ['before the core', '$identify', 'of the second']);
    assert.deepEqual(await names(`${second}late`, 1), ['of the third']);
    const stored = await tab.evaluate(
      (...tokens) => tokens.map((token) => JSON.parse(localStorage.getItem(`ph_${token}_posthog`)).$user_state),
      token,
      second,
    );
    assert.deepEqual(stored, ['anonymous', 'identified']);
  });

  test('init again is ignored, with a word if the token is another or debug is on', async () => {
    const [token, other] = [newToken('once'), newToken('other')];
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await init(tab, token);
    await init(tab, other);
    await tab.evaluate(() => hoglet.debug());
    await init(tab, token);
    const warnings = await eventually(
      async () => (await tab.console()).filter(({ text }) => text.includes('init() was called again')),
      ({ length }) => length === 2,
      'two warnings',
    );
    assert.match(warnings[0].text, /give init\(\) a name/);
    assert.doesNotMatch(warnings[1].text, /name/);
    await tab.evaluate(() => hoglet.debug(false));
    assert.equal(await tab.evaluate(() => hoglet.config.token), token);
  });

  test('__loaded is false, then true, then false again after shutdown', async () => {
    const token = newToken('loaded');
    const tab = await world.visit('lazy.html');
    assert.equal(await tab.evaluate(() => !!hoglet.__loaded), false);
    await initAndLoad(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.__loaded), true);
    assert.equal(await tab.evaluate(() => hoglet.shutdown().then(() => hoglet.__loaded)), false);
  });

  test('shutdown delivers what waits and leaves no listener and no timer behind', async () => {
    const token = newToken('shutdown');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(watch);
    await initAndLoad(tab, token, { batch_interval: 60_000 });
    const left = () =>
      tab.evaluate(() => {
        const listening = [...listeners].filter(([, count]) => count !== 0);
        return [listening.map(([name]) => name), [...timers.values()]];
      });
    await tab.evaluate(() => {
      hoglet.capture('waits');
    });
    // What it asks of the browser as it begins is timed as well, until it is answered.
    const [listening] = await eventually(left, ([, timing]) => timing.length === 1, 'the wait for company alone');
    assert.ok(listening.includes('window pagehide'), `while it runs it listens: ${listening}`);

    await tab.evaluate(() => {
      hoglet.on('eventCaptured', () => {
        throw new Error('called after shutdown');
      });
      return hoglet.shutdown();
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, 'waits');
    assert.deepEqual(await left(), [[], []]);

    await tab.evaluate((token) => {
      for (const storage of [localStorage, sessionStorage]) {
        for (const name of Object.keys(storage)) if (name.includes(token)) storage.removeItem(name);
      }
      hoglet.capture('too late');
      hoglet.identify('ada');
      hoglet.register({ late: true });
      hoglet.flush();
      for (const type of ['storage', 'pageshow', 'pagehide', 'online', 'resize']) dispatchEvent(new Event(type));
      document.dispatchEvent(new Event('visibilitychange'));
    }, token);
    const stored = await tab.evaluate(
      (token) =>
        [localStorage, sessionStorage]
          .flatMap((storage) => Object.keys(storage))
          .filter((name) => name.includes(token)),
      token,
    );
    assert.deepEqual(stored, []);
    assert.equal(await tab.evaluate(() => hoglet.capture('too late') === undefined), true);

    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('begun again');
      hoglet.flush();
    });
    const [, again] = await world.collector.delivered(token, 2);
    assert.equal(again.event, 'begun again');
    assert.equal(again.distinct_id, event.distinct_id, 'the cookie knows the visitor still');
  });

  test('shutdown before the core is there still delivers', async () => {
    const token = newToken('early');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('early');
      return hoglet.shutdown();
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, 'early');
    assert.equal(await tab.evaluate(() => hoglet.__loaded), false);
  });

  test('debug says what is done, on the next page too, until it is turned off', async () => {
    const token = newToken('debug');
    const tab = await world.visit('lazy.html');
    const says = async (event) => {
      const end = `end of ${event}`;
      // Drivers hear of the console a moment later, in its order.
      await tab.evaluate(
        (event, end) => {
          hoglet.capture(event);
          setTimeout(() => console.info(end));
        },
        event,
        end,
      );
      const lines = await eventually(
        () => tab.console(),
        (lines) => lines.some(({ text }) => text === end),
        `the console's ${end}`,
      );
      return lines.some(({ text }) => text.startsWith('[hoglet]') && text.includes(`captured ${event}`));
    };
    await initAndLoad(tab, token);
    assert.equal(await says('quiet'), false);
    await tab.evaluate(() => hoglet.debug());
    assert.equal(await says('loud'), true);
    assert.equal(await tab.evaluate(() => localStorage.getItem('ph_debug')), 'true');

    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.config.debug), true);
    assert.equal(await says('loud after reload'), true);

    await tab.evaluate(() => hoglet.debug(false));
    assert.equal(await says('quiet again'), false);
    assert.equal(await tab.evaluate(() => localStorage.getItem('ph_debug')), null);

    await tab.go(world.page('lazy.html?__posthog_debug=true'));
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token);
    assert.equal(await says('loud by the address'), true);
    await tab.evaluate(() => hoglet.debug(false));
  });

  test('a listener of eventCaptured hears every event until it is taken away', async () => {
    const token = newToken('listener');
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    const heard = await tab.evaluate(async () => {
      const heard = [];
      const stop = hoglet.on('eventCaptured', ({ event, properties }) => heard.push([event, properties.at]));
      hoglet.on('eventCaptured', () => {
        throw new Error('mine');
      });
      const stopAll = hoglet.on('*', (name, { event }) => heard.push([name, event]));
      hoglet.capture('early', { at: 1 });
      await hoglet.load?.();
      hoglet.capture('late', { at: 2 });
      stop();
      hoglet.capture('after', { at: 3 });
      stopAll();
      hoglet.capture('unheard');
      return heard;
    });
    assert.deepEqual(heard, [
      ['early', 1],
      ['eventCaptured', 'early'],
      ['late', 2],
      ['eventCaptured', 'late'],
      ['eventCaptured', 'after'],
    ]);
  });

  test('sessionManager tells the session that events carry', async () => {
    const token = newToken('session');
    const tab = await world.visit('lazy.html');
    const start = Date.now();
    await initAndLoad(tab, token);
    const { properties, session, heard } = await tab.evaluate(() => {
      const { properties } = hoglet.capture('captured');
      const heard = [];
      hoglet.sessionManager.onSessionId((...ids) => heard.push(ids.slice(0, 2)));
      return { properties, session: hoglet.sessionManager.checkAndGetSessionAndWindowId(), heard };
    });
    assert.equal(session.sessionId, properties.$session_id);
    assert.equal(session.windowId, properties.$window_id);
    assert.deepEqual(heard, [[session.sessionId, session.windowId]]);
    const { sessionStartTimestamp: began, lastActivityTimestamp: last } = session;
    assert.ok(start <= began && began <= last && last <= Date.now(), `began ${began}, last active ${last}`);
  });

  test('persistence shows a copy of what is stored, and whether anything is', async () => {
    const token = newToken('persistence');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const seen = await tab.evaluate(() => {
      hoglet.register({ theme: 'dark' });
      hoglet.register_for_session({ step: 1 });
      const { props } = hoglet.persistence;
      props.theme = 'changed';
      return [
        props.distinct_id === hoglet.get_distinct_id(),
        hoglet.persistence.props.theme,
        hoglet.sessionPersistence.props.step,
        hoglet.persistence.isDisabled(),
      ];
    });
    assert.deepEqual(seen, [true, 'dark', 1, false]);
    await tab.evaluate(() => hoglet.set_config({ disable_persistence: true }));
    assert.equal(await tab.evaluate(() => hoglet.persistence.isDisabled()), true);
    assert.equal(await tab.evaluate((token) => localStorage.getItem(`ph_${token}_posthog`), token), null);
  });

  test('the team is told by the name of its host, and by the defaults of a date', async () => {
    const settings = [
      ["{ internal_or_test_user_hostname: '127.0.0.1' }", true],
      ['{ internal_or_test_user_hostname: /^127\\./ }', true],
      ["{ internal_or_test_user_hostname: '127.0.0' }", false],
      ["{ defaults: '2026-01-30' }", true],
      ["{ defaults: '2025-11-30' }", false],
      ["{ defaults: '2026-01-30', internal_or_test_user_hostname: null }", false],
      ['{}', false],
    ];
    const tab = await world.visit('lazy.html');
    for (const [config, isTeam] of settings) {
      const token = newToken('team');
      await world.go(tab, 'lazy.html');
      await tab.evaluate(`(async () => {
        hoglet.init('${token}', {
          api_host: location.origin, load: 'manual', opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true, ...${config},
        });
        await hoglet.load?.();
        hoglet.capture('captured');
        hoglet.flush();
      })()`);
      const events = await world.collector.delivered(token, isTeam ? 2 : 1);
      const set = events.find(({ event }) => event === '$set');
      assert.deepEqual(set?.set ?? set?.properties.$set, isTeam ? { $internal_or_test_user: true } : undefined, config);
    }
  });

  test('defaults of a date are in force, and events say which', async () => {
    const token = newToken('defaults');
    const tab = await world.visit('lazy.html?page=1#part');
    await initAndLoad(tab, token, { defaults: 'latest', internal_or_test_user_hostname: null });
    const [config, properties] = await tab.evaluate(() => [hoglet.config, hoglet.capture('captured').properties]);
    assert.equal(config.defaults, '2026-08-30');
    assert.equal(config.cookieWinsOnConflict, true);
    assert.equal(config.disable_capture_url_hashes, true);
    assert.equal(properties.$config_defaults, '2026-08-30');
    assert.equal(properties.$current_url, world.page('lazy.html?page=1'));
  });

  test('what capture returns is read only if somebody looks, and is nothing if the event was dropped', async () => {
    const token = newToken('result');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const { unread, parsed, result, names, json, dropped } = await tab.evaluate(() => {
      const { parse } = JSON;
      let parsed = [];
      JSON.parse = (text, ...rest) => {
        parsed.push(text);
        return parse(text, ...rest);
      };
      const options = { $set: { plan: 'pro' }, $set_once: { seen: 1 }, $unset: ['old'] };
      const captured = hoglet.capture('captured', { own: 'value' }, options);
      const unread = parsed.filter((text) => text.includes('own'));
      const names = [captured.uuid.length, captured.event];
      parsed = [];
      const { properties, $set, $set_once, $unset, timestamp } = captured;
      const read = parsed.length;
      JSON.parse = parse;
      const { own, token } = properties;
      const result = { own, token, $set, seen: $set_once.seen, $unset, time: timestamp.getTime() };
      const json = JSON.parse(JSON.stringify(captured));
      hoglet.set_config({ before_send: () => null });
      const dropped = [hoglet.capture('dropped'), hoglet.capture(7)];
      hoglet.set_config({ before_send: null });
      hoglet.opt_out_capturing();
      dropped.push(hoglet.capture('refused'));
      return { unread, parsed: read, result, names, json, dropped: dropped.map((event) => event === undefined) };
    });
    assert.deepEqual(unread, []);
    assert.equal(parsed, 1, 'read once');
    assert.deepEqual(names, [36, 'captured']);
    assert.deepEqual(
      { ...result, time: undefined },
      { own: 'value', token, $set: { plan: 'pro' }, seen: 1, $unset: ['old'], time: undefined },
    );
    assert.equal(new Date(json.timestamp).getTime(), result.time);
    assert.deepEqual([json.event, json.properties.own, json.$set], ['captured', 'value', { plan: 'pro' }]);
    assert.deepEqual(dropped, [true, true, true]);
  });
});

/**
 * Counts in the page, from now on, the listeners of window and document, and the timers that are set: their delays in
 * milliseconds.
 */
function watch() {
  window.listeners = new Map();
  for (const [method, change] of [['addEventListener', 1], ['removeEventListener', -1]]) {
    const original = EventTarget.prototype[method];
    EventTarget.prototype[method] = function (type, ...rest) {
      const target = this ?? window;
      const owner = { [true]: 'other', [target === window]: 'window', [target === document]: 'document' }.true;
      const name = `${owner} ${type}`;
      const count = (change) => {
        if (owner !== 'other') listeners.set(name, (listeners.get(name) ?? 0) + change);
      };
      count(change);
      rest[1]?.signal?.addEventListener('abort', () => count(-1));
      return original.call(target, type, ...rest);
    };
  }
  window.timers = new Map();
  const { setTimeout, clearTimeout } = window;
  window.setTimeout = (callback, delay, ...rest) => {
    const id = setTimeout(
      (...args) => {
        timers.delete(id);
        callback(...args);
      },
      delay,
      ...rest,
    );
    // One driver sets a timer of its own for each script, which is longer than any of ours.
    if (delay < 120_000) timers.set(id, delay);
    return id;
  };
  window.clearTimeout = (id) => {
    timers.delete(id);
    clearTimeout(id);
  };
}
