/** Whatever befalls a page: what it has captured arrives, and arrives once. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { SCENARIOS } from '../delivery/scenarios.js';
import { Stage } from '../delivery/stage.js';
import { tally } from '../delivery/tally.js';
import { open } from '../drivers/index.js';
import { required } from '../support/environment.js';

const engine = required('HOGLET_ENGINE');

/** So that a test does not wait for the company of its events. */
const CONFIG = { batch_interval: 100 };

/** How long everything may take to arrive, in milliseconds. */
const PATIENCE = 15_000;

/** What takes longer than others is played in one engine. */
const PLAYED = SCENARIOS.filter(
  ({ isForComparison, isLong }) => !isForComparison && (!isLong || engine === 'chromium'),
);

describe(`durability in ${engine}`, () => {
  let browser;

  before(async () => {
    browser = await open(engine);
    // One tab always stays: browsers end with their last.
    await browser.newTab();
  });

  after(() => browser?.close());

  for (const { title, needs = [], play } of PLAYED) {
    test(title, async (t) => {
      const missing = needs.filter((need) => !browser.can[need]);
      if (missing.length > 0) return t.skip(`${engine} cannot: ${missing.join(', ')}`);
      const stage = await Stage.set({ browser, sdk: 'hoglet', config: CONFIG });
      t.after(() => stage.strike());
      const lacking = await play(stage);
      if (lacking) return t.skip(`${engine}: ${lacking}`);
      const left = await stage.settle(PATIENCE);
      const { lost, doubled, resent } = await tally(stage);
      t.diagnostic(`${lost} of ${stage.captured} lost, ${doubled} doubled, ${resent} sent again for want of an answer`);
      assert.equal(lost, 0, 'lost');
      assert.equal(doubled, 0, 'doubled');
      assert.equal(left, 0, 'left for delivery');
      assert.deepEqual(await stage.warnings(), []);
    });
  }
});
