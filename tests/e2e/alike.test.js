/** The core as WebAssembly and as JavaScript: whatever is called, the same bytes come out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { required } from '../support/environment.js';
import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

const engine = required('HOGLET_ENGINE');
/** The two cores are the same in all browsers, which may differ in what they make of them. */
const CALLS = engine === 'chromium' ? 100_000 : 10_000;
/** So many of them at a time: no script runs for longer than a driver waits. */
const AT_A_TIME = 10_000;
/** WebKit's driver waits by the page's own timers, which this test has run ahead. */
const OPTIONS = engine === 'webkit' ? { skip: 'the time of this driver is the page\'s' } : only('lazy');

suite('alike', (world) => {
  const seed = Number(process.env.HOGLET_SEED ?? Math.floor(Math.random() * 2 ** 31));

  /** Brings the tab to a page on which no call was made yet. */
  async function begin(tab, chunk, token) {
    await world.go(tab, 'alike.html');
    await tab.evaluate((...args) => hoglet.begin(...args), chunk, token, seed);
  }

  /** The digests of all that came out, and what is stored at the end. */
  async function run(tab, chunk, token) {
    await begin(tab, chunk, token);
    const digests = [];
    while (digests.length < CALLS) {
      digests.push(...(await tab.evaluate((count) => hoglet.next(count), Math.min(AT_A_TIME, CALLS - digests.length))));
    }
    return { digests, stored: await tab.evaluate(() => hoglet.stored()) };
  }

  /** What came out of the call with that number. */
  async function told(tab, chunk, token, call) {
    await begin(tab, chunk, token);
    await tab.evaluate((count) => hoglet.next(count), call);
    return tab.evaluate(() => hoglet.tell());
  }

  test(`${CALLS} random calls`, OPTIONS, async (context) => {
    context.diagnostic(`HOGLET_SEED=${seed}`);
    const token = newToken('alike');
    const tab = await world.visit('alike.html');
    const wasm = await run(tab, 'core.js', token);
    const javascript = await run(tab, 'core-without-wasm.js', token);
    const call = wasm.digests.findIndex((digest, at) => digest !== javascript.digests[at]);
    if (call >= 0) {
      const texts = [await told(tab, 'core.js', token, call), await told(tab, 'core-without-wasm.js', token, call)];
      assert.equal(texts[1], texts[0], `call ${call} with HOGLET_SEED=${seed}`);
      assert.fail(`call ${call} differed, but not when it was repeated: HOGLET_SEED=${seed}`);
    }
    assert.equal(javascript.stored, wasm.stored);
    assert.ok(new Set(wasm.digests).size > CALLS / 10, 'something came out');
  });
});
