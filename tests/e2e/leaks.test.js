/** Whatever pages are full of, and whatever their visitors do: what is personal does not leave them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { required } from '../support/environment.js';
import { newToken, suite } from '../support/suite.js';

/**
 * The rules are the core's; so one engine tries many pages, and the others prove that they are asked. WebKit lets no page
 * change its address more than a hundred times in ten seconds.
 */
const PAGES = required('HOGLET_ENGINE') === 'chromium' ? 2_000 : 90;

/** Pages that are made and used by one call of the driver. */
const BATCH = 250;

const SEED = 20_261_128;

suite('leaks', (world) => {
  test(`of ${PAGES} pages full of secrets nothing personal is sent`, async (context) => {
    const { events, found } = await visit(PAGES, {});
    context.diagnostic(`${events.length} events`);
    assert.deepEqual(found.slice(0, 5), [], `${found.length} secrets were sent`);
    for (const name of ['$autocapture', '$pageview', '$copy_autocapture', '$outbound_click', '$exception']) {
      assert.ok(events.some(({ event }) => event === name), `there is no ${name}`);
    }
    const all = JSON.stringify(events);
    for (const kind of ['email', 'card', 'jwt', 'token', 'national_id']) {
      assert.ok(all.includes(`<redacted:${kind}>`), `nothing was taken for ${kind}`);
    }
  });

  test('where nothing is redacted they are found, and fields keep their secrets all the same', async () => {
    const { found } = await visit(90, { redact: false });
    assert.ok(found.some((secret) => secret.includes('@')), 'an e-mail address');
    assert.ok(found.some((secret) => /^\d{14,16}$/.test(secret)), 'a card');
    assert.deepEqual(found.filter((secret) => secret.endsWith('!')), [], 'the value of a secret field');
  });

  async function visit(pages, settings) {
    const token = newToken('leaks');
    const tab = await world.visit('leaks.html');
    await tab.evaluate((token, settings, seed) => begin(token, settings, seed), token, settings, SEED);
    for (let done = 0; done < pages; done += BATCH) {
      await tab.evaluate((count) => visitPages(count), Math.min(BATCH, pages - done));
    }
    await tab.waitFor(() => hoglet._events_queue.length === 0);
    const events = await world.collector.events({ token });
    const [mark, numbers] = await tab.evaluate(() => [window.mark, window.numbers()]);
    return { events, found: secretsIn(JSON.stringify(events), mark, new Set(numbers)) };
  }
});

/** The secrets in a text: words with the mark, and the numbers, however they are grouped. */
function secretsIn(text, mark, numbers) {
  // In addresses they may be encoded.
  const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  const found = plain.match(new RegExp(`[\\w.+-]*${mark}[0-9a-f]{8}[@!]?`, 'g')) ?? [];
  const lengths = [...new Set([...numbers].map((number) => number.length))];
  for (const run of plain.match(/[0-9A-Z](?:[ .+-]?[0-9A-Z]){8,}/gi) ?? []) {
    const digits = run.replaceAll(/[^0-9a-z]/gi, '').toUpperCase();
    for (const length of lengths) {
      for (let at = 0; at + length <= digits.length; at += 1) {
        const part = digits.slice(at, at + length);
        if (numbers.has(part)) found.push(part);
      }
    }
  }
  return found;
}
