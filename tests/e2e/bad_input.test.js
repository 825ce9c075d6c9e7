/**
 * Whatever an app passes: nothing is thrown into it, what JSON can carry arrives, no neighbour is lost, and
 * the console says what was changed.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

/** What PostHog's ingestion accepts of one event, with room to spare, in bytes. */
const EVENT_TOO_LARGE = 1_000_000;

suite('bad input', (world) => {
  /**
   * Runs a script that captures between two good events, and returns the events stored in between and what the
   * console said. Fails if the script throws or a neighbour is missing.
   */
  async function between(name, expected, script) {
    const token = newToken(name);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { debug: true });
    await tab.evaluate(`(() => {
      hoglet.capture('before');
      (${script})();
      hoglet.capture('after');
      hoglet.flush();
    })()`);
    const events = await world.collector.delivered(token, expected + 2);
    assert.equal(events[0].event, 'before');
    assert.equal(events.at(-1).event, 'after');
    const requests = await world.collector.requests({ token });
    assert.deepEqual(
      requests.filter(({ status }) => status !== 200),
      [],
      'the server refused none',
    );
    return { events: events.slice(1, -1), console: await tab.console() };
  }

  function assertSaid(messages, pattern) {
    const warnings = messages.filter(({ level }) => level === 'warn' || level === 'error');
    assert.ok(
      warnings.some(({ text }) => text.startsWith('[hoglet] ') && pattern.test(text)),
      `the console does not say ${pattern}:\n${warnings.map(({ text }) => text).join('\n')}`,
    );
  }

  test('a token that is none', async () => {
    const tab = await world.visit('lazy.html');
    for (const token of ['', '   ', null, 7]) {
      await world.go(tab, 'lazy.html');
      await initAndLoad(tab, token);
      await tab.evaluate(() => {
        hoglet.capture('nowhere');
        hoglet.identify('nobody');
        hoglet.flush();
      });
      assertSaid(await tab.console(), /token/);
    }
    assert.deepEqual(
      (await world.collector.events()).filter(({ event }) => event === 'nowhere'),
      [],
    );
  });

  test('event names that are no strings, and the empty one', async () => {
    const { events, console } = await between('names', 0, () => {
      for (const name of [undefined, null, 7, {}, [], () => {}, Symbol('s'), '']) hoglet.capture(name);
    });
    assert.deepEqual(events, []);
    assertSaid(console, /name/);
  });

  test('properties that are no object', async () => {
    const { events } = await between('bags', 6, () => {
      for (const bag of [null, 7, 'text', [1], () => {}, Symbol('s')]) hoglet.capture('bag', bag);
    });
    for (const { properties } of events) assert.equal('0' in properties, false);
  });

  test('what JSON has no word for', async () => {
    const { events } = await between('values', 1, () => {
      hoglet.capture('values', {
        date: new Date('2024-05-06T07:08:09.010Z'),
        invalid_date: new Date(NaN),
        bigint: 123456789012345678901234567890n,
        map: new Map([
          ['a', 1],
          [2, new Set(['x'])],
        ]),
        not_a_number: NaN,
        infinite: Infinity,
        nothing: undefined,
        callable: () => {},
        symbol: Symbol('s'),
        list: [undefined, () => {}, 1n],
        boxed: [new Number(1), new String('s'), new Boolean(false)],
        node: document.body,
        window,
        kept: 'yes',
      });
    });
    const { properties } = events[0];
    assert.equal(properties.date, '2024-05-06T07:08:09.010Z');
    assert.equal(properties.invalid_date, null);
    assert.equal(properties.bigint, '123456789012345678901234567890');
    assert.deepEqual(properties.map, { a: 1, 2: ['x'] });
    assert.equal(properties.not_a_number, null);
    assert.equal(properties.infinite, null);
    for (const key of ['nothing', 'callable', 'symbol']) assert.equal(key in properties, false, key);
    assert.deepEqual(properties.list, [null, null, '1']);
    assert.deepEqual(properties.boxed, [1, 's', false]);
    assert.equal(properties.node, '[HTMLBodyElement]');
    assert.equal(properties.window, '[Window]');
    assert.equal(properties.kept, 'yes');
  });

  test('errors keep name, message, stack and what else they carry', async () => {
    const { events } = await between('errors', 1, () => {
      const error = new TypeError('it broke', { cause: new Error('because') });
      error.code = 'E_BROKEN';
      hoglet.capture('errors', { error, list: [new Error('in a list')] });
    });
    const { error, list } = events[0].properties;
    assert.equal(error.name, 'TypeError');
    assert.equal(error.message, 'it broke');
    assert.equal(typeof error.stack, 'string');
    assert.equal(error.code, 'E_BROKEN');
    assert.equal(error.cause.message, 'because');
    assert.equal(list[0].message, 'in a list');
  });

  test('true cycles are cut, repeated references are kept', async () => {
    const { events, console } = await between('cycles', 1, () => {
      const shared = { id: 7 };
      const circular = { name: 'root', list: [] };
      circular.self = circular;
      circular.list.push({ up: circular });
      hoglet.capture('cycles', { first: shared, second: shared, list: [shared, shared], circular });
    });
    const { first, second, list, circular } = events[0].properties;
    assert.deepEqual([first, second, ...list], [{ id: 7 }, { id: 7 }, { id: 7 }, { id: 7 }]);
    assert.deepEqual(circular, { name: 'root', self: '[circular]', list: [{ up: '[circular]' }] });
    assertSaid(console, /circular/);
  });

  test('halves of surrogate pairs become U+FFFD, whole ones stay', async () => {
    const { events } = await between('halves', 1, () => {
      hoglet.capture('halves \ud83e', {
        high: 'a\ud83eb',
        low: '\udd94',
        whole: '\ud83e\udd94',
        'key \ud83e': 1,
        nested: [{ 'low \udd94': 'x\ud83e' }],
        written: '\\ud83e',
      });
    });
    const { event, properties } = events[0];
    assert.equal(event, 'halves \ufffd');
    assert.equal(properties.high, 'a\ufffdb');
    assert.equal(properties.low, '\ufffd');
    assert.equal(properties.whole, '🦔');
    assert.equal(properties['key \ufffd'], 1);
    assert.deepEqual(properties.nested, [{ 'low \ufffd': 'x\ufffd' }]);
    assert.equal(properties.written, '\\ud83e');
  });

  test('getters and proxies that throw cost their own value only', async () => {
    const { events, console } = await between('throwing', 3, () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const throwing = {
        get bad() {
          throw new Error('not today');
        },
        good: 1,
      };
      hoglet.capture('nested', { throwing, proxy, toJSON: undefined, good: 2 });
      hoglet.capture('the bag', throwing);
      hoglet.capture('the bag is revoked', proxy);
    });
    const [nested, bag, revoked] = events;
    assert.deepEqual(nested.properties.throwing, { bad: '[unreadable]', good: 1 });
    assert.equal(nested.properties.proxy, '[unreadable]');
    assert.equal(nested.properties.good, 2);
    assert.equal(bag.properties.bad, '[unreadable]');
    assert.equal(bag.properties.good, 1);
    assert.equal(revoked.event, 'the bag is revoked');
    assertSaid(console, /unreadable/);
  });

  test('nesting 20,000 deep is cut where the server would refuse it', async () => {
    const { events, console } = await between('deep', 1, () => {
      let deep = 'the bottom';
      for (let i = 0; i < 20_000; i += 1) deep = { deeper: deep };
      hoglet.capture('deep', { deep, kept: 'yes' });
    });
    const { properties } = events[0];
    assert.equal(properties.kept, 'yes');
    let depth = 0;
    let at = properties.deep;
    for (; typeof at === 'object'; at = at.deeper) depth += 1;
    assert.ok(depth >= 50 && depth <= 120, `${depth} levels arrived`);
    assert.equal(at, '[nested too deep]');
    assertSaid(console, /deep/);
  });

  test('a string of 5 MB is cut to 65,535 characters, and to less where the app says so', async () => {
    const { events, console } = await between('long', 2, () => {
      hoglet.capture('long', { long: 'ä'.repeat(5_000_000), pair: '🦔'.repeat(40_000), short: 'x'.repeat(65_535) });
      hoglet.set_config({ properties_string_max_length: 10 });
      hoglet.capture('shorter', { long: 'x'.repeat(11) });
    });
    const { long, pair, short } = events[0].properties;
    assert.equal(long, 'ä'.repeat(65_535));
    assert.equal(short, 'x'.repeat(65_535));
    // Cut in the middle of a pair.
    assert.equal(pair, `${'🦔'.repeat(32_767)}\ufffd`);
    assert.equal(events[1].properties.long, 'x'.repeat(10));
    assertSaid(console, /5000000 .*cut/);
  });

  test('an event over 900 KB is refused alone', async () => {
    const { events, console } = await between('huge', 1, () => {
      const list = Array.from({ length: 20 }, () => 'x'.repeat(60_000));
      hoglet.capture('too large', { list });
      hoglet.capture('just right', { list: list.slice(0, 14) });
    });
    assert.equal(events[0].event, 'just right');
    assert.ok(JSON.stringify(events[0].properties).length < EVENT_TOO_LARGE);
    assertSaid(console, /900,000/);
  });

  test('options that make no sense', async () => {
    const { events } = await between('options', 4, () => {
      hoglet.capture('options', {}, { uuid: 'not one', timestamp: 'yesterday' });
      hoglet.capture('options', {}, { $set: 7, $set_once: [1] });
      hoglet.capture('options', {}, 'text');
      hoglet.capture('options', {}, null);
    });
    for (const { uuid, set, set_once } of events) {
      assert.match(uuid, /^[0-9a-f-]{36}$/);
      assert.equal(set, null);
      assert.ok(set_once === null || !('0' in set_once));
    }
  });

  test('bad arguments to the other methods', async () => {
    const { events } = await between('methods', 0, () => {
      const circular = {};
      circular.self = circular;
      hoglet.register(null);
      hoglet.register('text');
      hoglet.register([1]);
      hoglet.set_config(null);
      hoglet.set_config({ batch_size: 'many', api_host: 7 });
      hoglet.identify(null);
      hoglet.identify(Symbol('s'));
      hoglet.debug('yes');
    });
    assert.deepEqual(events, []);
  });

  test('before the core is there bad input is as harmless', async () => {
    const token = newToken('early');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(async (token) => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      const throwing = {
        get bad() {
          throw new Error('not today');
        },
        good: 1,
      };
      hoglet.init(token, { api_host: location.origin, load: 'manual', opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true });
      hoglet.capture('before');
      hoglet.capture('throwing', throwing);
      hoglet.capture('revoked', proxy);
      hoglet.capture(7);
      hoglet.capture();
      hoglet.set_config(throwing);
      hoglet.set_config(proxy);
      hoglet.set_config(null);
      hoglet.identify(proxy);
      hoglet.register(throwing);
      hoglet.capture('after');
      await hoglet.load?.();
      hoglet.flush();
    }, token);
    const events = await world.collector.delivered(token, 4);
    assert.deepEqual(events.map(({ event }) => event), ['before', 'throwing', 'revoked', 'after']);
    assert.equal(events[1].properties.good, 1);
  });

  test('a config that throws', async () => {
    const tab = await world.visit('lazy.html');
    await tab.evaluate(async () => {
      hoglet.init('phc_throwing', {
        load: 'manual',
        get api_host() {
          throw new Error('not today');
        },
      });
      hoglet.capture('an event');
      await hoglet.load?.();
    });
  });

  test('a loaded callback that throws costs nothing', async () => {
    const token = newToken('loaded');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(async (token) => {
      hoglet.init(token, {
        api_host: location.origin,
        load: 'manual',
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
        loaded: () => {
          throw new Error('not today');
        },
      });
      hoglet.capture('survives');
      await hoglet.load?.();
      hoglet.flush();
    }, token);
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, 'survives');
    assertSaid(await tab.console(), /not today|failed/);
  });
});
