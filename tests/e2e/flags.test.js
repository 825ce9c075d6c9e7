/** Feature flags as an app has them: what it reads, hears, changes and sets, in the page and across pages. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { only } from '../support/modes.js';
import { init as initQuietly, newToken, suite } from '../support/suite.js';

const OFF = { filters: { groups: [{ properties: [], rollout_percentage: 0 }] } };

/** On in the variant blue for everybody, with a payload. */
const BLUE = {
  filters: {
    groups: [{ properties: [], rollout_percentage: 100 }],
    multivariate: { variants: [{ key: 'blue', rollout_percentage: 100 }] },
    payloads: { blue: '{"color":"blue"}' },
  },
};

/** On for those whose property `plan` is `pro`. */
const PRO = {
  filters: {
    groups: [
      {
        properties: [{ key: 'plan', type: 'person', operator: 'exact', value: ['pro'] }],
        rollout_percentage: 100,
      },
    ],
  },
};

/** An interval that no test lives to see the end of, in milliseconds. */
const NEVER = 3_000_000;

/** Longer than any answer of the collector takes, in milliseconds: what is waited for comes, or the test is wrong. */
const LONG = 20_000;

/** Initialises the page's client, which asks for flags. */
const init = (tab, token, config) => initQuietly(tab, token, { advanced_disable_flags: false, ...config });

async function initAndLoad(tab, token, config) {
  await init(tab, token, config);
  await tab.evaluate(() => hoglet.load?.());
}

suite('flags', (world) => {
  async function define(token, flags) {
    for (const [key, definition] of Object.entries(flags)) await world.collector.defineFlag(token, key, definition);
  }

  /** A tab whose client has the flags of the project. */
  async function started(name, flags, config = {}, page = 'lazy.html') {
    const token = newToken(name);
    await define(token, flags);
    const tab = await world.visit(page);
    await initAndLoad(tab, token, config);
    assert.equal(await tab.evaluate((timeout) => hoglet.flagsReady(timeout), LONG), true);
    return { tab, token };
  }

  /** Has the page note what it asks for flags, in `asked`: the addresses, and the bodies as far as they are not compressed. */
  async function noteQuestions(tab) {
    await tab.evaluate(() => {
      window.asked = [];
      const { fetch } = window;
      window.fetch = (url, request) => {
        if (String(url).includes('/flags/')) {
          window.asked.push({ url: String(url), ...(typeof request.body === 'string' ? JSON.parse(request.body) : {}) });
        }
        return fetch(url, request);
      };
    });
  }

  /** The questions of a page, once there are so many. */
  async function questions(tab, count) {
    await tab.waitFor((count) => window.asked.length >= count, count);
    return tab.evaluate(() => window.asked);
  }

  /** What the page has asked by the time that it has its flags. */
  async function firstQuestion(name, config, flags = {}) {
    const token = newToken(name);
    await define(token, flags);
    const tab = await world.visit('lazy.html');
    await noteQuestions(tab);
    await initAndLoad(tab, token, { disable_compression: true, ...config });
    assert.equal(await tab.evaluate((timeout) => hoglet.flagsReady(timeout), LONG), true);
    const asked = await questions(tab, 1);
    assert.equal(asked.length, 1);
    return { question: asked[0], tab, token };
  }

  /** The events of a name, once there are so many. */
  async function told(tab, token, name, count) {
    await tab.evaluate(() => hoglet.flush());
    const events = await eventually(
      async () => (await world.collector.events({ token })).filter(({ event }) => event === name),
      (events) => events.length >= count,
      `${count} events ${name}`,
    );
    assert.equal(events.length, count, JSON.stringify(events.map(({ properties }) => properties)));
    return events;
  }

  async function warnings(tab) {
    const texts = (await tab.console()).filter(({ level }) => level === 'warn' || level === 'warning' || level === 'error');
    return texts.map(({ text }) => text).filter((text) => text.includes('[hoglet]'));
  }

  async function again(tab, token, config) {
    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token, config);
  }

  test('flags are read: on, off, a variant with a payload, and one that nobody knows', async () => {
    const { tab } = await started('read', { on: {}, off: OFF, variant: BLUE });
    const read = await tab.evaluate(() => {
      const { featureFlags } = hoglet;
      const keys = ['on', 'off', 'variant', 'unknown'];
      // What is undefined would be lost on its way to the test.
      const each = (read) => keys.map((key) => read(key) ?? 'undefined');
      return {
        enabled: each((key) => hoglet.isFeatureEnabled(key)),
        otherwise: each((key) => hoglet.isFeatureEnabled(key, { defaultValue: true })),
        values: each((key) => hoglet.getFeatureFlag(key)),
        results: each((key) => hoglet.getFeatureFlagResult(key)),
        payloads: each((key) => hoglet.getFeatureFlagPayload(key)),
        all: hoglet.getAllFeatureFlags(),
        keys: featureFlags.getFlags(),
        variants: featureFlags.getFlagVariants(),
        stored: featureFlags.getFlagPayloads(),
        details: featureFlags.getFlagsWithDetails(),
        detail: featureFlags.getFeatureFlagDetails('variant'),
        ofParts: [featureFlags.isFeatureEnabled('on'), featureFlags.getFeatureFlag('variant')],
        hits: [featureFlags.hasLoadedFlags, hoglet.flagsEndpointWasHit, hoglet.decideEndpointWasHit],
        isAlias: hoglet.feature_flags === featureFlags,
      };
    });
    assert.deepEqual(read.enabled, [true, false, true, 'undefined']);
    assert.deepEqual(read.otherwise, [true, false, true, true]);
    assert.deepEqual(read.values, [true, false, 'blue', 'undefined']);
    const results = [
      { key: 'on', enabled: true },
      { key: 'off', enabled: false },
      { key: 'variant', enabled: true, variant: 'blue', payload: { color: 'blue' } },
    ];
    assert.deepEqual(read.results, [...results, 'undefined']);
    assert.deepEqual(read.payloads, ['undefined', 'undefined', { color: 'blue' }, 'undefined']);
    assert.deepEqual(sorted(read.all), sorted(results));
    assert.deepEqual(read.keys.sort(), ['off', 'on', 'variant']);
    assert.deepEqual(read.variants, { on: true, off: false, variant: 'blue' });
    assert.deepEqual(read.stored, { variant: '{"color":"blue"}' });
    assert.deepEqual(Object.keys(read.details).sort(), ['off', 'on', 'variant']);
    assert.deepEqual([read.detail.enabled, read.detail.variant, read.detail.metadata.version], [true, 'blue', 1]);
    assert.deepEqual(read.ofParts, [true, 'blue']);
    assert.deepEqual(read.hits, [true, true, true]);
    assert.ok(read.isAlias);
  });

  test('that a flag was read is told once a value', async () => {
    const { tab, token } = await started('told', { on: {}, other: {}, silent: {} });
    await tab.evaluate(() => {
      hoglet.isFeatureEnabled('on');
      hoglet.getFeatureFlag('on');
      hoglet.register({ between: true });
      hoglet.getFeatureFlagResult('on');
      hoglet.isFeatureEnabled('other', { fresh: true });
      hoglet.isFeatureEnabled('silent', { send_event: false });
      hoglet.getFeatureFlagPayload('silent');
      hoglet.getFeatureFlag('unknown');
    });
    const events = await told(tab, token, '$feature_flag_called', 3);
    const answers = events.map(({ properties }) => [properties.$feature_flag, properties.$feature_flag_response ?? null]);
    assert.deepEqual(answers.sort(), [['on', true], ['other', true], ['unknown', null]]);

    await world.collector.defineFlag(token, 'on', OFF);
    await tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync());
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on')), false);
    const all = await told(tab, token, '$feature_flag_called', 4);
    assert.equal(all.at(-1).properties.$feature_flag_response, false);
  });

  test('a listener of the event that tells of a flag may read it', async () => {
    const { tab, token } = await started('nested', { on: {} });
    const read = await tab.evaluate(() => {
      const read = [];
      hoglet.on('eventCaptured', ({ event }) => {
        if (event === '$feature_flag_called') read.push(hoglet.getFeatureFlag('on'));
      });
      read.push(hoglet.getFeatureFlag('on'));
      return read;
    });
    assert.deepEqual(read, [true, true]);
    await told(tab, token, '$feature_flag_called', 1);
  });

  test('before anything is known flags have no value, nobody is told, and debug says so once a flag', async () => {
    const token = newToken('unknown');
    await define(token, { on: {} });
    await world.collector.faults([{ path: '/flags/', delay_ms: LONG }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { debug: true });
    const read = await tab.evaluate(() => [
      hoglet.isFeatureEnabled('on') ?? 'undefined',
      hoglet.isFeatureEnabled('on', { defaultValue: false }),
      hoglet.getFeatureFlag('on') ?? 'undefined',
      hoglet.getFeatureFlagResult('on') ?? 'undefined',
      hoglet.getFeatureFlag('other') ?? 'undefined',
      hoglet.getAllFeatureFlags(),
      hoglet.flagsEndpointWasHit,
    ]);
    assert.deepEqual(read, ['undefined', false, 'undefined', 'undefined', 'undefined', [], false]);
    const said = (await warnings(tab)).filter((text) => text.includes('before any flags were known'));
    assert.equal(said.length, 2, said.join('\n'));
    await tab.evaluate(() => {
      hoglet.capture('last');
      hoglet.flush();
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, 'last');
  });

  test('what objects inherit is no flag, and may be one', async () => {
    const { tab } = await started('inherited', { on: {} });
    const read = await tab.evaluate(() => {
      const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
      const before = keys.map((key) => [
        hoglet.getFeatureFlag(key) ?? 'undefined',
        hoglet.getFeatureFlagResult(key) ?? 'undefined',
        hoglet.featureFlags.getFeatureFlagDetails(key) ?? 'undefined',
      ]);
      hoglet.updateFlags(JSON.parse('{"__proto__": "polluted", "constructor": true}'), JSON.parse('{"__proto__": "7"}'));
      const after = ['__proto__', 'constructor'].map((key) => hoglet.getFeatureFlag(key));
      return { before, after, payload: hoglet.getFeatureFlagPayload('__proto__'), polluted: {}.polluted ?? 'undefined' };
    });
    assert.deepEqual(read.before.flat(), new Array(12).fill('undefined'));
    assert.deepEqual(read.after, ['polluted', true]);
    assert.equal(read.payload, 7);
    assert.equal(read.polluted, 'undefined');
  });

  test('a payload that is no JSON is handed over as a text, which the console says once', async () => {
    const { tab } = await started('payload', { on: {} });
    const payloads = await tab.evaluate(() => {
      hoglet.updateFlags({ cut: true, object: true }, { cut: '{"co', object: { deep: [1] } });
      hoglet.getFeatureFlagPayload('object').deep.push('changed by the app');
      return ['cut', 'cut', 'object'].map((key) => hoglet.getFeatureFlagPayload(key));
    });
    assert.deepEqual(payloads, ['{"co', '{"co', { deep: [1] }]);
    const said = (await warnings(tab)).filter((text) => text.includes('no JSON'));
    assert.equal(said.length, 1, said.join('\n'));
    assert.match(said[0], /"cut"/);
  });

  test('onFeatureFlags tells the flags that are on, at once and when they change, and never the same twice', async () => {
    const { tab, token } = await started('listen', { on: {}, off: OFF, variant: BLUE });
    await tab.evaluate(() => {
      window.heard = [];
      window.stop = hoglet.onFeatureFlags((...told) => heard.push(told));
    });
    const variants = { on: true, variant: 'blue' };
    const context = { errorsLoading: false, source: 'server' };
    const first = await tab.evaluate(() => heard);
    assert.equal(first.length, 1);
    assert.deepEqual([first[0][0].sort(), ...first[0].slice(1)], [['on', 'variant'], variants, context]);

    const reload = () => tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync());
    assert.deepEqual(await reload(), { status: 'loaded' });
    assert.equal(await tab.evaluate(() => heard.length), 1, 'the same flags are no news');
    await world.collector.defineFlag(token, 'variant', OFF);
    assert.deepEqual(await reload(), { status: 'loaded' });
    assert.deepEqual((await tab.evaluate(() => heard)).slice(1), [[['on'], { on: true }, context]]);
    await tab.evaluate(() => stop());
    await world.collector.defineFlag(token, 'variant', BLUE);
    assert.deepEqual(await reload(), { status: 'loaded' });
    assert.equal(await tab.evaluate(() => heard.length), 2);
  });

  test('listeners that fail, end themselves or are none harm nobody', async () => {
    const { tab } = await started('listeners', { on: {} });
    const heard = await tab.evaluate(async () => {
      const heard = [];
      const stops = [];
      hoglet.onFeatureFlags(() => {
        throw new Error('not today');
      });
      stops.push(
        hoglet.onFeatureFlags(() => {
          heard.push('once');
          stops[0]?.();
        }),
      );
      hoglet.onFeatureFlags((keys) => heard.push(keys.length));
      heard.push(typeof hoglet.onFeatureFlags('text')(), typeof hoglet.onFeatureFlags()());
      hoglet.updateFlags({ one: true, two: true });
      await null;
      hoglet.updateFlags({ one: true, two: true, three: true });
      await null;
      return heard;
    });
    assert.deepEqual(heard, ['once', 1, 'undefined', 'undefined', 'once', 2, 3]);
    const said = await warnings(tab);
    assert.equal(said.filter((text) => text.includes('not today')).length, 3, said.join('\n'));
    assert.equal(said.filter((text) => text.includes('a listener that is no function')).length, 2, said.join('\n'));
  });

  test('a listener that reloads does not do so without end, and shutdown ends it', async () => {
    const { tab, token } = await started('loop', { on: {} }, { remote_config_refresh_interval_ms: 0, debug: true });
    const before = (await world.collector.flagRequests(token)).length;
    // Each answer is another one.
    const answer = (variant) => JSON.stringify({ flags: { on: { key: 'on', enabled: true, variant } } });
    const variants = Array.from({ length: 10 }, (_, at) => `variant ${at}`);
    await world.collector.faults(variants.map((variant) => ({ path: '/flags/', times: 1, body: answer(variant) })));
    await tab.evaluate(() => {
      window.heard = [];
      hoglet.onFeatureFlags((keys, { on }) => {
        heard.push(on);
        hoglet.reloadFeatureFlags();
      });
    });
    await eventually(
      () => warnings(tab),
      (texts) => texts.some((text) => text.includes('hears of its own reload')),
      'that the second reload was refused',
    );
    assert.deepEqual(await tab.evaluate(() => heard), [true, 'variant 0']);
    assert.equal((await world.collector.flagRequests(token)).length, before + 1);

    const over = await tab.evaluate(async () => {
      await hoglet.shutdown(0);
      const before = heard.length;
      hoglet.updateFlags({ after: true });
      await null;
      return [heard.length - before, hoglet.getFeatureFlag('on') ?? 'undefined', await hoglet.flagsReady(0)];
    });
    assert.deepEqual(over, [0, 'undefined', false]);
  });

  test('flags of an earlier page are there at once, for a listener of `loaded` too, with the server down', async () => {
    const { tab, token } = await started('cached', { on: {}, variant: BLUE });
    await world.collector.faults([{ path: '/flags/', status: 503 }]);
    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    const [atOnce, fresh, heard] = await tab.evaluate(async (token) => {
      let atOnce;
      const heard = [];
      hoglet.init(token, {
        api_host: location.origin,
        load: 'manual',
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false,
        loaded: (client) => {
          client.onFeatureFlags((...told) => heard.push(told));
          atOnce = [
            client.getFeatureFlag('variant'),
            client.getFeatureFlagPayload('variant'),
            client.getFeatureFlag('variant', { fresh: true }) ?? 'undefined',
            client.isFeatureEnabled('on', { fresh: true, defaultValue: false }),
          ];
        },
      });
      await hoglet.load?.();
      return [atOnce, await hoglet.flagsReady(20_000), heard];
    }, token);
    assert.deepEqual(atOnce, ['blue', { color: 'blue' }, 'undefined', false]);
    assert.equal(fresh, false, 'the server has failed');
    assert.equal(heard.length, 1, 'and that changes nothing');
    assert.equal(heard[0][2].source, 'cache');
    assert.equal(await tab.evaluate(() => hoglet.flagsEndpointWasHit), true);
  });

  test('with nothing known a failure is told, and flagsReady does not wait for more', async () => {
    const token = newToken('failed');
    await world.collector.faults([{ path: '/flags/', status: 500 }]);
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    const [ready, once, more] = await tab.evaluate(async (timeout) => {
      window.heard = [];
      hoglet.onFeatureFlags((...told) => heard.push(told));
      const ready = await hoglet.flagsReady(timeout);
      return [ready, heard, await hoglet.flagsReady(timeout)];
    }, LONG);
    assert.deepEqual([ready, more], [false, false]);
    assert.deepEqual(once, [[[], {}, { errorsLoading: true, source: '' }]]);

    await world.collector.clearFaults();
    await define(token, { on: {} });
    const later = await tab.evaluate(async (timeout) => {
      hoglet.reloadFeatureFlags();
      return [await hoglet.flagsReady(timeout), heard.length, hoglet.isFeatureEnabled('on')];
    }, LONG);
    assert.deepEqual(later, [true, 2, true], 'a reload that was asked for is waited for');
  });

  test('flagsReady gives up in time, without init, and when the client ends', async () => {
    await world.collector.faults([{ path: '/flags/', delay_ms: LONG }]);
    const tab = await world.visit('eager.html');
    const answers = await tab.evaluate(
      async (token, timeout) => {
        const before = await hoglet.flagsReady(timeout);
        hoglet.init(token, { api_host: location.origin, opt_out_useragent_filter: true });
        const late = [await hoglet.flagsReady(20), await hoglet.flagsReady(0), await hoglet.flagsReady(-1)];
        const waiting = hoglet.flagsReady(timeout);
        const reload = hoglet.featureFlags.reloadFeatureFlagsAsync();
        hoglet.shutdown(0);
        return [before, ...late, await waiting, await reload, await hoglet.flagsReady(timeout)];
      },
      newToken('late'),
      LONG,
    );
    assert.deepEqual(answers, [false, false, false, false, false, { status: 'cancelled' }, false]);
  });

  test('bootstrapped flags are there at once and nobody is asked; the next answer takes their place', async () => {
    const token = newToken('bootstrap');
    await define(token, { on: OFF });
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, {
      bootstrap: {
        distinctID: 'ada',
        isIdentifiedID: true,
        featureFlags: { on: true, variant: 'blue', off: false },
        featureFlagPayloads: { on: '{"a":1}', variant: { b: 2 }, off: { c: 3 } },
      },
    });
    const begun = await tab.evaluate(async (timeout) => {
      window.heard = [];
      hoglet.onFeatureFlags((keys, variants, context) => heard.push([keys.sort(), context.source]));
      return [
        await hoglet.flagsReady(timeout),
        hoglet.getFeatureFlag('on'),
        hoglet.getFeatureFlag('off'),
        ['on', 'variant', 'off'].map((key) => hoglet.getFeatureFlagPayload(key) ?? 'undefined'),
        heard,
        hoglet.flagsEndpointWasHit,
      ];
    }, LONG);
    assert.deepEqual(begun, [
      true,
      true,
      false,
      [{ a: 1 }, { b: 2 }, 'undefined'],
      [[['on', 'variant'], 'bootstrap']],
      true,
    ]);
    assert.deepEqual(await world.collector.flagRequests(token), []);

    const reloaded = await tab.evaluate(async () => [
      await hoglet.featureFlags.reloadFeatureFlagsAsync(),
      hoglet.getFeatureFlag('on'),
      hoglet.getFeatureFlag('variant') ?? 'undefined',
      heard.at(-1),
    ]);
    assert.deepEqual(reloaded, [{ status: 'loaded' }, false, 'undefined', [[], 'server']]);
  });

  test('bootstrap that is no data costs nothing but itself', async () => {
    const token = newToken('badbootstrap');
    await define(token, { on: {} });
    const tab = await world.visit('lazy.html');
    await init(tab, token, {});
    await tab.evaluate(async (token) => {
      const circular = { deep: {} };
      circular.deep.circular = circular;
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false,
        bootstrap: { distinctID: 'ada', featureFlags: { on: true, big: 7n }, featureFlagPayloads: { on: circular, none: () => {} } },
      }, 'second');
      await hoglet.load?.();
    }, newToken('second'));
    const read = await tab.evaluate(() => [hoglet.second.get_distinct_id(), hoglet.second.getFeatureFlag('on')]);
    assert.deepEqual(read, ['ada', true]);
  });

  test('updateFlags takes the place of what is known, or joins it, and asks nobody', async () => {
    const { tab, token } = await started('update', { on: {}, off: OFF });
    const before = (await world.collector.flagRequests(token)).length;
    const read = await tab.evaluate(async () => {
      const sources = [];
      hoglet.onFeatureFlags((keys, variants, { source }) => sources.push(source));
      const values = () => hoglet.featureFlags.getFlagVariants();
      hoglet.updateFlags({ mine: 'one', late: undefined }, { mine: { a: 1 } }, { merge: true });
      const joined = [values(), hoglet.getFeatureFlagPayload('mine')];
      hoglet.updateFlags({ mine: 'two' });
      const replaced = [values(), hoglet.getFeatureFlagPayload('mine') ?? 'undefined'];
      hoglet.updateFlags(['a', 'b']);
      const list = values();
      hoglet.updateFlags({ good: true, bad: 7, worse: {} }, 'text');
      const bad = values();
      hoglet.updateFlags(null);
      hoglet.updateFlags('text');
      await null;
      return { joined, replaced, list, bad, after: values(), sources, fresh: hoglet.getFeatureFlag('good', { fresh: true }) };
    });
    assert.deepEqual(read.joined, [{ on: true, off: false, mine: 'one' }, { a: 1 }]);
    assert.deepEqual(read.replaced, [{ mine: 'two' }, 'undefined']);
    assert.deepEqual(read.list, { a: true, b: true });
    assert.deepEqual(read.bad, { good: true });
    assert.deepEqual(read.after, { good: true });
    assert.equal(read.fresh, true);
    assert.equal(read.sources.at(-1), 'local');
    assert.equal((await world.collector.flagRequests(token)).length, before);
    const said = await warnings(tab);
    assert.equal(said.filter((text) => text.includes('needs flags')).length, 2, said.join('\n'));
  });

  test('overrides last until they are ended, and the server is overridden with them', async () => {
    const { tab, token } = await started('override', { on: {}, variant: BLUE });
    const read = await tab.evaluate(() => {
      const { featureFlags } = hoglet;
      const values = () => featureFlags.getFlagVariants();
      const steps = [];
      featureFlags.overrideFeatureFlags({ flags: { variant: 'red', extra: true }, payloads: { variant: { color: 'red' } } });
      steps.push([values(), hoglet.getFeatureFlagPayload('variant'), featureFlags.getFeatureFlagDetails('variant')]);
      featureFlags.overrideFeatureFlags({ payloads: false });
      steps.push([values(), hoglet.getFeatureFlagPayload('variant')]);
      featureFlags.overrideFeatureFlags(['only']);
      steps.push(values());
      featureFlags.override(false);
      steps.push(values());
      featureFlags.overrideFeatureFlags({ on: false });
      featureFlags.overrideFeatureFlags(true);
      featureFlags.overrideFeatureFlags('text');
      steps.push(values(), featureFlags.getFeatureFlagDetails('on').original_enabled);
      return steps;
    });
    const server = { on: true, variant: 'blue' };
    const [first, noPayloads, list, ended, off, original] = read;
    assert.deepEqual(first.slice(0, 2), [{ on: true, variant: 'red', extra: true }, { color: 'red' }]);
    assert.equal(first[2].original_variant, 'blue');
    assert.deepEqual(first[2].metadata.payload, { color: 'red' });
    assert.deepEqual(noPayloads, [{ on: true, variant: 'red', extra: true }, { color: 'blue' }]);
    assert.deepEqual(list, { ...server, only: true });
    assert.deepEqual(ended, server);
    assert.deepEqual([off, original], [{ ...server, on: false }, true]);

    await again(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on')), false);
    await tab.evaluate(() => hoglet.featureFlags.overrideFeatureFlags(false));
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on')), true);
  });

  test('flags follow properties of the person that are set for them', async () => {
    const { tab } = await firstQuestion('person', {}, { pro: PRO });
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('pro')), false);
    const reload = () => tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync());
    await tab.evaluate(() => {
      hoglet.setPersonPropertiesForFlags({ plan: 'free' }, false);
      hoglet.setPersonPropertiesForFlags({ $set: { plan: 'pro' }, $set_once: { plan: 'none', first: true } }, false);
    });
    await reload();
    const [, second] = await questions(tab, 2);
    assert.equal(second.person_properties.plan, 'pro');
    assert.equal(second.person_properties.first, true);
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('pro')), true);

    await tab.evaluate(() => hoglet.resetPersonPropertiesForFlags());
    const [, , third] = await questions(tab, 3);
    assert.equal('plan' in third.person_properties, false);
    await tab.waitFor(() => hoglet.isFeatureEnabled('pro') === false);
    await tab.evaluate(() => {
      hoglet.setPersonPropertiesForFlags({ plan: 'pro' });
      hoglet.setPersonPropertiesForFlags('text', false);
    });
    const [, , , fourth] = await questions(tab, 4);
    assert.equal(fourth.person_properties.plan, 'pro', 'unless it is told not to, the server is asked');
  });

  test('flags follow properties of groups that are set for them', async () => {
    const { tab } = await firstQuestion('groups', { person_profiles: 'always' });
    await tab.evaluate(() => {
      hoglet.setGroupPropertiesForFlags({ company: { size: 7 }, team: { size: 2 } }, false);
      hoglet.setGroupPropertiesForFlags({ company: { plan: 'pro' } });
      hoglet.setGroupPropertiesForFlags('text');
    });
    const [, second] = await questions(tab, 2);
    assert.deepEqual(second.group_properties, { company: { size: 7, plan: 'pro' }, team: { size: 2 } });
    await tab.evaluate(() => {
      hoglet.resetGroupPropertiesForFlags('company');
      return hoglet.featureFlags.reloadFeatureFlagsAsync();
    });
    const [, , third] = await questions(tab, 3);
    assert.deepEqual(third.group_properties, { company: {}, team: { size: 2 } });
    await tab.evaluate(() => {
      hoglet.resetGroupPropertiesForFlags();
      return hoglet.featureFlags.reloadFeatureFlagsAsync();
    });
    const [, , , fourth] = await questions(tab, 4);
    assert.deepEqual(Object.values(fourth.group_properties ?? {}), []);
  });

  test('reloads are announced, and those of one moment are one', async () => {
    const { tab, token } = await started('reload', { on: {} });
    const before = (await world.collector.flagRequests(token)).length;
    const [statuses, announced] = await tab.evaluate(async () => {
      const announced = [];
      hoglet.on('featureFlagsReloading', (isReloading) => announced.push(isReloading));
      hoglet.reloadFeatureFlags();
      const { featureFlags } = hoglet;
      const statuses = await Promise.all([featureFlags.reloadFeatureFlagsAsync(), featureFlags.reloadFeatureFlagsAsync()]);
      return [statuses, announced];
    });
    assert.deepEqual(statuses, [{ status: 'loaded' }, { status: 'loaded' }]);
    assert.ok(announced.length > 0 && announced.every((isReloading) => isReloading === true));
    assert.equal((await world.collector.flagRequests(token)).length, before + 1);
  });

  test('a reload that is asked for during a request is the one after it', async () => {
    const { tab } = await started('follows', { on: OFF });
    const read = await tab.evaluate(async () => {
      const { fetch } = window;
      const requests = [];
      // Each request waits for `answer`.
      window.fetch = (url, request) => {
        if (!String(url).includes('/flags/')) return fetch(url, request);
        return new Promise((resolve) => requests.push(() => resolve(fetch(url, request))));
      };
      const asked = async (count) => {
        while (requests.length < count) await new Promise((resolve) => setTimeout(resolve));
      };
      const first = hoglet.featureFlags.reloadFeatureFlagsAsync();
      await asked(1);
      let isOver = false;
      const second = hoglet.featureFlags.reloadFeatureFlagsAsync();
      second.then(() => {
        isOver = true;
      });
      requests[0]();
      const seen = [await first, isOver];
      await asked(2);
      requests[1]();
      return [...seen, await second, requests.length];
    });
    assert.deepEqual(read, [{ status: 'loaded' }, false, { status: 'loaded' }, 2]);
  });

  test('early access features are listed, kept, and enrolled in', async () => {
    const { tab, token } = await started('early', {
      owls: { ...OFF, early_access: { name: 'Owl delivery', stage: 'beta' } },
      maps: { ...OFF, early_access: { name: 'Maps', stage: 'concept' } },
    });
    const list = (force, stages) =>
      tab.evaluate(
        (force, stages) => new Promise((resolve) => hoglet.getEarlyAccessFeatures(resolve, force, stages)),
        force,
        stages,
      );
    const names = (features) => features.map(({ flagKey, name, stage }) => [flagKey, name, stage]);
    const beta = [['owls', 'Owl delivery', 'beta']];
    assert.deepEqual(names(await list(false)), beta);
    const requests = async () =>
      (await world.collector.requests()).filter(({ path, token: of }) => path.includes('early_access') && of === token);
    assert.equal((await requests()).length, 1);
    assert.deepEqual(names(await list(false)), beta, 'what is stored is answered');
    assert.equal((await requests()).length, 1);
    const both = names(await list(true, ['concept', 'beta'])).sort();
    assert.deepEqual(both, [['maps', 'Maps', 'concept'], ...beta]);
    assert.equal((await requests()).length, 2);

    const enrolled = await tab.evaluate(() => {
      hoglet.updateEarlyAccessFeatureEnrollment('owls', true, 'beta');
      return hoglet.isFeatureEnabled('owls');
    });
    assert.equal(enrolled, true);
    const [{ properties }] = await told(tab, token, '$feature_enrollment_update', 1);
    assert.deepEqual(
      [
        properties.$feature_flag,
        properties.$feature_enrollment,
        properties.$early_access_feature_name,
        properties.$feature_enrollment_stage,
      ],
      ['owls', true, 'Owl delivery', 'beta'],
    );
    await tab.evaluate(() => hoglet.updateEarlyAccessFeatureEnrollment('owls', false));
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('owls')), false);
  });

  test('where the server does not tell the features, nobody is called, and debug says why', async () => {
    const { tab } = await started('early', {}, { debug: true });
    await world.collector.faults([{ path: '/api/early_access_features/', status: 503 }]);
    await tab.evaluate(() => {
      window.called = 0;
      hoglet.getEarlyAccessFeatures(() => {
        window.called += 1;
      });
      hoglet.getEarlyAccessFeatures('text');
    });
    await eventually(
      () => warnings(tab),
      (texts) => texts.some((text) => text.includes('503') || text.includes('in vain')),
      'the reason in the console',
    );
    assert.equal(await tab.evaluate(() => window.called), 0);
  });

  test('a payload is fetched for itself', async () => {
    const { tab } = await started('remote', { variant: BLUE, on: {} });
    const payloads = await tab.evaluate(() => {
      const fetched = (key) => new Promise((resolve) => hoglet.featureFlags.getRemoteConfigPayload(key, resolve));
      return Promise.all(['variant', 'on', 'constructor'].map(async (key) => (await fetched(key)) ?? 'undefined'));
    });
    assert.deepEqual(payloads, [{ color: 'blue' }, 'undefined', 'undefined']);
  });

  test('flags_api_host is where flags are asked for', async () => {
    const host = `${world.collector.url.replace('127.0.0.1', 'localhost')}/`;
    const { question } = await firstQuestion('host', { flags_api_host: host });
    assert.ok(question.url.startsWith(`${host}flags/?v=2`), question.url);
  });

  test('flag_keys and evaluation_contexts are part of the question, under their old names too', async () => {
    const { question } = await firstQuestion('contexts', { flag_keys: ['a', 7, 'b'], evaluation_contexts: ['web'] });
    assert.deepEqual([question.flag_keys, question.evaluation_contexts], [['a', 'b'], ['web']]);
    const old = await firstQuestion('contexts', { evaluation_environments: ['old'] });
    assert.deepEqual([old.question.flag_keys ?? 'none', old.question.evaluation_contexts], ['none', ['old']]);
    // Settings have defaults by then, which the app has not given.
    await old.tab.evaluate(() => {
      hoglet.set_config({ debug: false });
      hoglet.reloadFeatureFlags();
    });
    const [, later] = await questions(old.tab, 2);
    assert.equal('flag_keys' in later, false);
    await old.tab.evaluate(() => {
      hoglet.set_config({ flag_keys: [] });
      hoglet.reloadFeatureFlags();
    });
    const [, , none] = await questions(old.tab, 3);
    assert.deepEqual(none.flag_keys, []);
  });

  test('advanced_only_evaluate_survey_feature_flags is part of the address', async () => {
    const { question } = await firstQuestion('surveys', { advanced_only_evaluate_survey_feature_flags: true });
    assert.match(question.url, /only_evaluate_survey_feature_flags=true/);
  });

  for (const setting of ['advanced_disable_flags', 'advanced_disable_decide', 'advanced_disable_feature_flags']) {
    test(`with ${setting} nobody is asked, and what is bootstrapped is answered`, async () => {
      const token = newToken('disabled');
      const tab = await world.visit('eager.html');
      await tab.evaluate(
        (token, setting) => {
          hoglet.init(token, {
            api_host: location.origin,
            opt_out_useragent_filter: true, autocapture: false, capture_pageview: false,
            [setting]: true,
            bootstrap: { featureFlags: { on: true } },
          });
        },
        token,
        setting,
      );
      const read = await tab.evaluate(async () => {
        hoglet.reloadFeatureFlags();
        hoglet.setPersonPropertiesForFlags({ plan: 'pro' });
        const reload = await hoglet.featureFlags.reloadFeatureFlagsAsync();
        hoglet.capture('last');
        hoglet.flush();
        return [reload, hoglet.isFeatureEnabled('on')];
      });
      assert.deepEqual(read, [{ status: 'skipped' }, true]);
      await eventually(
        () => world.collector.events({ token }),
        (events) => events.some(({ event }) => event === 'last'),
        'the last event',
      );
      assert.deepEqual(await world.collector.flagRequests(token), []);
    });
  }

  test('advanced_disable_feature_flags_on_first_load waits for the app to ask', async () => {
    const token = newToken('first');
    await define(token, { on: {} });
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { advanced_disable_feature_flags_on_first_load: true });
    await tab.evaluate(() => {
      hoglet.capture('first');
      hoglet.flush();
    });
    await world.collector.delivered(token, 1);
    assert.deepEqual(await world.collector.flagRequests(token), []);
    await tab.evaluate(() => hoglet.reloadFeatureFlags());
    await tab.waitFor(() => hoglet.isFeatureEnabled('on') === true);
  });

  test('advanced_feature_flags_dedup_per_session tells of a flag in each session', async () => {
    const { tab, token } = await started('session', { on: {} }, { advanced_feature_flags_dedup_per_session: true });
    const read = () => tab.evaluate(() => hoglet.getFeatureFlag('on'));
    await read();
    await read();
    await told(tab, token, '$feature_flag_called', 1);
    // The session is over for the next page, and the visitor and the flags are the same.
    await tab.evaluate((token) => {
      const name = `ph_${token}_posthog`;
      const stored = JSON.parse(localStorage[name]);
      const [, id] = stored.$sesid;
      const longAgo = Date.now() - 3_600_000;
      localStorage[name] = JSON.stringify({ ...stored, $sesid: [longAgo, id, longAgo] });
      for (const cookie of document.cookie.split('; ')) {
        if (cookie.includes(token)) document.cookie = `${cookie.split('=')[0]}=; max-age=0; path=/`;
      }
    }, token);
    await again(tab, token, { advanced_feature_flags_dedup_per_session: true });
    await tab.evaluate(() => {
      hoglet.capture('begins a session');
    });
    await read();
    await told(tab, token, '$feature_flag_called', 2);
  });

  test('feature_flag_request_timeout_ms and feature_flag_request_max_retries bound the asking', async () => {
    const token = newToken('timeout');
    await world.collector.faults([{ path: '/flags/', delay_ms: LONG }]);
    const tab = await world.visit('lazy.html');
    await noteQuestions(tab);
    await init(tab, token, { feature_flag_request_timeout_ms: 50, feature_flag_request_max_retries: 2 });
    const ready = await tab.evaluate((timeout) => hoglet.flagsReady(timeout), LONG);
    assert.equal(ready, false);
    assert.equal((await questions(tab, 3)).length, 3);
  });

  test('feature_flag_cache_ttl_ms ends what is stored, and the server is asked', async () => {
    const { tab, token } = await started('stale', { on: {} }, { feature_flag_cache_ttl_ms: NEVER });
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on')), true);
    await world.collector.faults([{ path: '/flags/', delay_ms: LONG }]);
    await again(tab, token, { feature_flag_cache_ttl_ms: 1 });
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on') ?? 'undefined'), 'undefined');
    await tab.evaluate(() => hoglet.set_config({ feature_flag_cache_ttl_ms: 0 }));
    assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on')), true);
  });

  for (const setting of ['remote_config_refresh_interval_ms', 'remote_config_refresh_interval']) {
    test(`${setting} has flags be asked for again`, async () => {
      const { tab, token } = await started('interval', { on: OFF }, { [setting]: 100 });
      await tab.evaluate(() => {
        window.heard = [];
        hoglet.onFeatureFlags((keys) => heard.push(keys));
      });
      await world.collector.defineFlag(token, 'on', {});
      await tab.waitFor(() => heard.length === 2);
      assert.deepEqual(await tab.evaluate(() => heard), [[], ['on']]);
    });
  }

  test('with split_storage flags have an entry of their own, and are known on the next page', async () => {
    const configs = [
      [{ split_storage: true }, true],
      [{ defaults: '2026-05-30' }, true],
      [{ defaults: '2026-05-30', split_storage: false }, false],
      [{}, false],
    ];
    for (const [config, isSplit] of configs) {
      const { tab, token } = await started('split', { on: {} }, config);
      const has = (name) => tab.evaluate((name) => localStorage[name]?.includes('$enabled_feature_flags') ?? false, name);
      const name = `ph_${token}_posthog`;
      await tab.waitFor((name) => `${localStorage[name]}${localStorage[`${name}__flags`]}`.includes('$enabled_feature_flags'), name);
      assert.deepEqual([await has(name), await has(`${name}__flags`)], [!isSplit, isSplit], JSON.stringify(config));
      await world.collector.faults([{ path: '/flags/', status: 503 }]);
      await again(tab, token, config);
      assert.equal(await tab.evaluate(() => hoglet.isFeatureEnabled('on')), true);
      await world.collector.clearFaults();
    }
  });

  test('before the core is there flags have harmless answers, and what is asked for is not lost', only('lazy', 'js'), async () => {
    const token = newToken('early');
    await define(token, { on: {}, pro: PRO });
    const tab = await world.visit('lazy.html');
    await init(tab, token, { disable_compression: true });
    await noteQuestions(tab);
    const early = await tab.evaluate(() => {
      const { featureFlags } = hoglet;
      window.part = featureFlags;
      window.heard = [];
      hoglet.onFeatureFlags((keys) => heard.push(keys.sort()));
      featureFlags.onFeatureFlags(() => heard.push('of the part'));
      hoglet.onFeatureFlags(() => heard.push('ended'))();
      hoglet.setPersonPropertiesForFlags({ plan: 'pro' }, false);
      featureFlags.overrideFeatureFlags({ extra: 'one' });
      hoglet.reloadFeatureFlags();
      hoglet.startSessionRecording();
      hoglet.capture('after what hoglet lacks');
      const answers = [
        hoglet.isFeatureEnabled('on'),
        hoglet.getFeatureFlag('on'),
        hoglet.getFeatureFlagResult('on'),
        hoglet.getFeatureFlagPayload('on'),
        featureFlags.getFeatureFlag('on'),
        featureFlags.getFeatureFlagDetails('on'),
      ];
      return [
        answers.every((answer) => answer === undefined),
        hoglet.isFeatureEnabled('on', { defaultValue: true }),
        featureFlags.isFeatureEnabled('on', { defaultValue: true }),
        hoglet.getAllFeatureFlags(),
        featureFlags.getFlags(),
        featureFlags.getFlagVariants(),
        featureFlags.getFlagPayloads(),
        featureFlags.getFlagsWithDetails(),
        !!featureFlags.hasLoadedFlags,
        !!hoglet.flagsEndpointWasHit,
        hoglet.feature_flags === featureFlags,
        !!hoglet.__loaded,
      ];
    });
    assert.deepEqual(early, [true, true, true, [], [], {}, {}, {}, false, false, true, false]);

    const ready = await tab.evaluate((timeout) => hoglet.flagsReady(timeout), LONG);
    assert.equal(ready, true, 'to wait for flags brings the core');
    const later = await tab.evaluate(() => [
      hoglet.isFeatureEnabled('on'),
      hoglet.isFeatureEnabled('pro'),
      part.getFeatureFlag('extra'),
      part.hasLoadedFlags,
      heard,
    ]);
    assert.deepEqual(later.slice(0, 4), [true, true, 'one', true]);
    assert.ok(later[4].some((keys) => keys.length === 3), JSON.stringify(later[4]));
    assert.ok(later[4].includes('of the part'));
    assert.ok(!later[4].includes('ended'));
    await tab.evaluate(() => hoglet.flush());
    await eventually(
      () => world.collector.events({ token }),
      (events) => events.some(({ event }) => event === 'after what hoglet lacks'),
      'the event after a call that hoglet lacks',
    );
  });

  test('a promise that was asked for before the core is there keeps its time', async () => {
    const token = newToken('promise');
    await world.collector.faults([{ path: '/flags/', delay_ms: LONG }]);
    const tab = await world.visit('lazy.html');
    await init(tab, token);
    assert.equal(await tab.evaluate(() => hoglet.flagsReady(0)), false);
    assert.equal(await tab.evaluate(() => hoglet.flagsReady(50)), false);
  });

  test('after a trap flags go on, and nothing is told twice', async () => {
    const token = newToken('trap');
    await define(token, { on: {}, variant: BLUE });
    const tab = await world.visit('trap.html');
    await initAndLoad(tab, token, { batch_interval: 60_000 });
    assert.equal(await tab.evaluate((timeout) => hoglet.flagsReady(timeout), LONG), true);
    const [read, heard] = await tab.evaluate(async () => {
      const heard = [];
      hoglet.onFeatureFlags((keys) => heard.push(keys.sort()));
      const read = [hoglet.getFeatureFlag('on')];
      hoglet.updateFlags({ mine: 'one' }, { mine: '1' }, { merge: true });
      read.push(hoglet.getFeatureFlag('mine'));
      trapIn('call');
      hoglet.register({ traps: true });
      read.push(hoglet.getFeatureFlag('on'), hoglet.getFeatureFlag('mine'), hoglet.getFeatureFlagPayload('mine'));
      read.push(await hoglet.flagsReady(20_000));
      return [read, heard];
    });
    assert.deepEqual(read, [true, 'one', true, 'one', 1, true]);
    const keys = heard.map(String);
    assert.deepEqual(keys, [...new Set(keys)], 'no listener hears the same twice');
    const events = await told(tab, token, '$feature_flag_called', 2);
    assert.deepEqual(events.map(({ properties }) => properties.$feature_flag).sort(), ['mine', 'on']);
  });

  test('when the core has failed for good, what was known stays', async () => {
    const token = newToken('thrice');
    await define(token, { on: {} });
    const tab = await world.visit('trap.html');
    await initAndLoad(tab, token);
    assert.equal(await tab.evaluate((timeout) => hoglet.flagsReady(timeout), LONG), true);
    const read = await tab.evaluate(async (timeout) => {
      window.heard = 0;
      hoglet.onFeatureFlags(() => {
        heard += 1;
      });
      const reload = hoglet.featureFlags.reloadFeatureFlagsAsync();
      for (let trap = 0; trap < 3; trap += 1) {
        trapIn('call');
        hoglet.register({ traps: true });
      }
      return [
        hoglet.getFeatureFlag('on'),
        hoglet.getFeatureFlag('unknown') ?? 'undefined',
        await hoglet.flagsReady(timeout),
        await reload,
        await hoglet.featureFlags.reloadFeatureFlagsAsync(),
        heard,
      ];
    }, LONG);
    assert.deepEqual(read, [true, 'undefined', true, { status: 'error' }, { status: 'skipped' }, 1]);
  });

  test('after a trap what the app began with holds still', async () => {
    const token = newToken('trapped');
    const tab = await world.visit('trap.html');
    await initAndLoad(tab, token, { bootstrap: { featureFlags: { on: 'begun' } } });
    const read = await tab.evaluate(async () => {
      hoglet.capture('stored');
      await hoglet.flush();
      trapIn('call');
      hoglet.register({ traps: true });
      return [hoglet.getFeatureFlag('on'), hoglet.flagsEndpointWasHit];
    });
    assert.deepEqual(read, ['begun', true]);
  });
});

function sorted(results) {
  return [...results].sort((one, other) => one.key.localeCompare(other.key));
}
