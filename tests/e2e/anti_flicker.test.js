/** `hoglet/anti-flicker`: a page is hidden until its flags are there, and is shown in time whatever happens. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { init, newToken, suite } from '../support/suite.js';

const PAGE = 'anti-flicker.html';

/** Flags are asked for. */
const ASKING = { advanced_disable_flags: false };

/** Longer than any test takes, in milliseconds: what ends before has another reason than the time. */
const LONG = 60_000;

suite('anti-flicker', (world) => {
  async function visited(name, config) {
    const token = newToken(name);
    await world.collector.defineFlag(token, 'on', {});
    const tab = await world.visit(PAGE);
    await init(tab, token, { ...ASKING, ...config });
    return { tab, token };
  }

  for (const until of ['known', 'fresh']) {
    test(`a first page is hidden until its flags are ${until}, and nothing is left of that`, async () => {
      const { tab } = await visited('first');
      const seen = await tab.evaluate(
        async (timeout, until) => {
          const before = new Set(timers);
          const shown = hideUntilFlags(hoglet, { timeout, until });
          const own = [...timers].filter((id) => !before.has(id));
          const hidden = opacity();
          await hoglet.load?.();
          const stillHidden = opacity();
          release();
          const inTime = await shown;
          const left = until === 'known' ? own.filter((id) => timers.has(id)).length : 0;
          return { hidden, stillHidden, inTime, on: hoglet.isFeatureEnabled('on'), opacity: opacity(), left, own: own.length };
        },
        LONG,
        until,
      );
      assert.deepEqual([seen.hidden, seen.stillHidden, seen.inTime, seen.on, seen.opacity], ['0', '0', true, true, '1']);
      assert.ok(seen.own > 0);
      assert.equal(seen.left, 0, 'no timer');
      assert.equal(await tab.evaluate(() => document.documentElement.hasAttribute('style')), false);
      assert.deepEqual(await tab.evaluate(() => violations), []);
    });
  }

  test('a later page is shown with the flags of the earlier one, though the server does not answer', only('lazy', 'js'), async () => {
    const { tab, token } = await visited('later');
    await tab.evaluate(async (timeout) => {
      release();
      await hideUntilFlags(hoglet, { timeout, until: 'fresh' });
      // What is known is stored when the task has ended.
      await hoglet.flush();
    }, LONG);
    await world.go(tab, PAGE);
    await init(tab, token, ASKING);
    const seen = await tab.evaluate(async (timeout) => {
      const shown = hideUntilFlags(hoglet, { timeout });
      return [opacity(), await shown, hoglet.isFeatureEnabled('on'), opacity(), await hideUntilFlags(hoglet, { timeout: 20, until: 'fresh' })];
    }, LONG);
    assert.deepEqual(seen, ['0', true, true, '1', false]);
  });

  test('bootstrapped flags are known and fresh', async () => {
    const { tab } = await visited('bootstrap', { bootstrap: { featureFlags: { on: true } } });
    const seen = await tab.evaluate(async (timeout) => [
      await hideUntilFlags(hoglet, { timeout }),
      await hideUntilFlags(hoglet, { timeout, until: 'fresh' }),
      opacity(),
    ], LONG);
    assert.deepEqual(seen, [true, true, '1']);
  });

  test('the page is shown when the time is over', async () => {
    const { tab } = await visited('late');
    const seen = await tab.evaluate(async () => {
      const shown = ['known', 'fresh'].map((until) => hideUntilFlags(hoglet, { timeout: 20, until }));
      return [opacity(), ...(await Promise.all(shown)), opacity()];
    });
    assert.deepEqual(seen, ['0', false, false, '1']);
    for (const timeout of [0, -1, NaN, Infinity]) {
      assert.equal(await tab.evaluate((text) => hideUntilFlags(hoglet, { timeout: Number(text) }), String(timeout)), false);
    }
  });

  test('the page is shown at once when the server fails with nothing known', async () => {
    const { tab } = await visited('failed');
    await world.collector.faults([{ path: '/flags/', status: 500 }]);
    const seen = await tab.evaluate(async (timeout) => {
      release();
      return [await hideUntilFlags(hoglet, { timeout }), opacity()];
    }, LONG);
    assert.deepEqual(seen, [false, '1']);
  });

  test('the page is shown whatever it is that is given for hoglet', async () => {
    const tab = await world.visit(PAGE);
    const seen = await tab.evaluate(async () => {
      const broken = [
        undefined,
        {},
        { onFeatureFlags: () => {} },
        { onFeatureFlags: () => () => {}, load: () => { throw new Error('not today'); } },
        { onFeatureFlags: () => { throw new Error('not today'); } },
        { onFeatureFlags: (listener) => { listener(); throw new Error('not today'); } },
        { flagsReady: () => 7 },
        { flagsReady: () => new Promise(() => {}) },
        { flagsReady: () => Promise.reject(new Error('not today')) },
        // One that was never initialised.
        hoglet,
      ];
      const shown = [];
      for (const until of ['known', 'fresh', 'never']) {
        for (const hoglet of broken) shown.push(await hideUntilFlags(hoglet, { timeout: 5, until }));
      }
      shown.push(await hideUntilFlags(hoglet, { timeout: 5, element: {} }), await hideUntilFlags(undefined, null));
      return [shown, opacity()];
    });
    // Only the listener that was called told of flags.
    assert.equal(seen[0].filter(Boolean).length, 2);
    assert.equal(seen[1], '1');
  });

  test('an element gets exactly its own styles back', async () => {
    const tab = await world.visit(PAGE);
    const seen = await tab.evaluate(async () => {
      const element = document.getElementById('content');
      const seen = [];
      for (const own of ['', 'color: red; opacity: 0.5 !important;', 'opacity: 0.25; color: red;', 'color: red;']) {
        element.style.cssText = own;
        const before = element.style.cssText;
        const shown = hideUntilFlags({}, { element, timeout: 5, until: 'fresh' });
        // Whoever is broken is shown at once, which is a promise nevertheless.
        await shown;
        const waiting = hideUntilFlags({ flagsReady: () => new Promise(() => {}) }, { element, timeout: 5, until: 'fresh' });
        seen.push([opacity(element), await waiting, sorted(element.style.cssText) === sorted(before)]);
      }
      const waiting = hideUntilFlags({ flagsReady: () => new Promise(() => {}) }, { element, timeout: 5, until: 'fresh' });
      element.style.opacity = '0.75';
      await waiting;
      return [seen, element.style.opacity, opacity()];

      function sorted(text) {
        return text.split(';').map((part) => part.trim()).sort().join();
      }
    });
    assert.deepEqual(seen[0], new Array(4).fill(['0', false, true]));
    assert.deepEqual(seen.slice(1), ['0.75', '1'], 'what the app has set meanwhile stays');
  });

  test('two who wait for the same element see it when both have their flags', async () => {
    const tab = await world.visit(PAGE);
    const seen = await tab.evaluate(async (timeout) => {
      const before = timers.size;
      const resolves = [];
      const waiting = () =>
        hideUntilFlags({ flagsReady: () => new Promise((resolve) => resolves.push(resolve)) }, { timeout, until: 'fresh' });
      const all = [waiting(), waiting()];
      resolves[0](true);
      const seen = [await all[0], opacity()];
      resolves[1](true);
      return [...seen, await all[1], opacity(), document.documentElement.hasAttribute('style'), timers.size - before];
    }, LONG);
    assert.deepEqual(seen, [true, '0', true, '1', false, 0]);
  });
});
