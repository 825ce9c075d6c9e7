import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { required } from '../support/environment.js';
import { assertExpected } from '../support/expected.js';
import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

const EXPECTED = new URL('../bench/counts.json', import.meta.url);
const PAGES = fileURLToPath(new URL('../bench/pages', import.meta.url));
const CALLS = 50;

const mounts = { '/bench': PAGES };

suite('What events cost', (world) => {
  // It is counted and not timed, so that it is the same on every machine; of other engines the names alone have other lengths.
  const skip = required('HOGLET_ENGINE') !== 'chromium' && 'counted in one engine';
  test('a capture() crosses into wasm, copies and stores as often and as much as is written down', { skip }, async () => {
    const token = newToken('cost');
    const tab = await world.browser.newTab();
    await tab.go(world.page(`bench/page.html?subject=hoglet&count&event=measured&token=${token}`));
    await tab.waitFor(() => window.bench !== undefined);

    const counted = {};
    let captured = 0;
    for (const bag of ['small', 'wide']) {
      // What is done once, or at times, is done.
      await tab.evaluate((bag, calls) => window.bench.countedBurst(bag, calls), bag, CALLS);
      await world.collector.delivered(token, (captured += CALLS));
      counted[bag] = await tab.evaluate(
        async (bag, calls) => {
          // What is done again after a while is done with this one.
          window.bench.countedBurst(bag, 1);
          await new Promise((resolve) => setTimeout(resolve));
          const start = window.bench.counts();
          const end = window.bench.countedBurst(bag, calls);
          await undefined;
          const stored = window.bench.counts();
          const since = (later, names) => Object.fromEntries(names.map((name) => [name, (later[name] - start[name]) / calls]));
          return {
            untilItReturns: since(end, ['intoWasm', 'outOfWasm', 'bytesIntoWasm', 'bytesOutOfWasm', 'localStorage', 'cookie']),
            whenTheTaskEnds: since(stored, ['localStorage', 'sessionStorage', 'cookie', 'storedCharacters']),
          };
        },
        bag,
        CALLS,
      );
      await world.collector.delivered(token, (captured += CALLS + 1));
    }
    assertExpected(EXPECTED, counted, 'cargo xtask test e2e-chromium -- "as is written down"');
  });
}, async () => ({ mounts }), only('lazy'));
