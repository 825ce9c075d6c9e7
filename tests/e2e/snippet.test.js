/** The script for pages without a bundler, in the place of posthog-js's `array.js`. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { packageFolder } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

const README = new URL('../../README.md', import.meta.url);
const LOADER = new URL('../node_modules/posthog-js/dist/loader-bootstrap.js', import.meta.url);
const CALLS = new URL('pages/snippet/calls.js', import.meta.url);
const LARGEST_SNIPPET = 1024;

/** The snippet that the README has for pages, without its tags. */
async function snippet() {
  const [, text] = (await readFile(README, 'utf8')).match(/^<script>\n(.*?)^<\/script>$/ms) ?? [];
  assert.ok(text, 'README.md has a snippet');
  return text;
}

let folder;
after(() => rm(folder, { recursive: true }));

async function prepare() {
  folder = await mkdtemp(join(tmpdir(), 'hoglet-snippet-'));
  // Inline scripts are what the pages' policies forbid, and the page says with what it begins.
  const text = await snippet();
  await writeFile(join(folder, 'snippet.js'), text.slice(0, text.lastIndexOf('posthog.init(')));
  // In one script, for what the loader fetches may come before a second one.
  const scripts = await Promise.all([LOADER, CALLS].map((script) => readFile(script, 'utf8')));
  await writeFile(join(folder, 'loader.js'), scripts.join('\n'));
  return {
    mounts: { '/own': folder, '/hosted/static': packageFolder() },
    // Where posthog-js's loaders look for it.
    fallbacks: { '/hosted/static/array.js': join(packageFolder(), 'snippet.js') },
  };
}

/** The project's events, by name. */
async function delivered(world, token, count) {
  const events = await world.collector.delivered(token, count);
  return new Map(events.map((event) => [event.event, event]));
}

const flush = (tab) => tab.evaluate(() => Promise.all([posthog.flush(), posthog.shop.flush()]));

suite('snippet', (world) => {
  for (const page of ['snippet.html', 'snippet-older.html', 'snippet-own.html']) {
    test(`${page}: what was asked of the snippet is done, and the client takes its place`, async () => {
      const token = newToken('snippet');
      const tab = await world.visit(`${page}?token=${token}`);
      const names = await tab.evaluate(() => {
        posthog.capture('after');
        posthog.push(['capture', 'pushed']);
        kept.capture('by who kept the snippet');
        return [String(posthog), String(posthog.shop), posthog.__SV, '_i' in posthog];
      });
      assert.deepEqual(names, ['posthog', 'posthog.shop', 1, false]);
      await flush(tab);
      // Older snippets have no second client before the first is there.
      const isOlder = page === 'snippet-older.html';
      if (!isOlder) await world.collector.delivered(`${token}_shop`, 1);
      const events = await delivered(world, token, 8);
      assert.deepEqual([...events.keys()], [
        '$set',
        '$identify',
        'before',
        'by an array',
        'by a chain',
        'after',
        'pushed',
        'by who kept the snippet',
      ]);
      const { distinct_id, properties } = events.get('before');
      assert.equal(distinct_id, 'ada');
      assert.deepEqual([properties.a, properties.by_loaded, properties.by_function], [1, true, true]);
      assert.deepEqual(await tab.evaluate(() => refused), []);
      assert.deepEqual((await tab.console()).filter(({ level }) => level === 'error'), []);
    });
  }

  test('without an init yet, the calls wait for it', async () => {
    const token = newToken('late');
    const tab = await world.visit(`snippet-own.html?token=${token}&late`);
    await tab.evaluate(() => {
      start();
      posthog.capture('after');
    });
    await flush(tab);
    const events = await delivered(world, token, 6);
    assert.deepEqual([...events.keys()], ['$set', '$identify', 'before', 'by an array', 'by a chain', 'after']);
    assert.equal(events.get('after').distinct_id, 'ada');
  });

  test('a second script on the page leaves the client alone', async () => {
    const token = newToken('twice');
    const tab = await world.visit(`snippet.html?token=${token}`);
    const isSame = await tab.evaluate(async () => {
      const first = window.posthog;
      const script = Object.assign(document.createElement('script'), { src: '/hoglet/snippet.js' });
      const loaded = new Promise((resolve) => script.addEventListener('load', resolve));
      document.head.append(script);
      await loaded;
      return window.posthog === first;
    });
    assert.equal(isSame, true);
  });

  test('a call that fails costs no other', async () => {
    const token = newToken('failing');
    const tab = await world.visit(`snippet.html?token=${token}`);
    await tab.evaluate(() => {
      posthog.push(() => {
        throw new Error('of the app');
      });
      posthog.push(['no_such_method']);
      posthog.push(null);
      posthog.capture('the next');
    });
    await flush(tab);
    const events = await delivered(world, token, 6);
    assert.ok(events.has('the next'));
    const failures = (await tab.console()).filter(({ text }) => text.includes('a call of the snippet failed'));
    assert.equal(failures.length, 3);
  });

  test('a script of another origin says what its tag lacks', async () => {
    const tab = await world.visit('lazy.html');
    const src = `${world.collector.url.replace('127.0.0.1', 'localhost')}/hoglet/snippet.js`;
    await tab.evaluate((src) => document.head.append(Object.assign(document.createElement('script'), { src })), src);
    await tab.waitFor(() => window.posthog !== undefined);
    const texts = (await tab.console()).map(({ text }) => text);
    assert.ok(texts.some((text) => text.includes('needs the attribute crossorigin')), texts.join('\n'));
  });

  test('the snippet of the README is short', async () => {
    const bytes = Buffer.byteLength(`<script>${await snippet()}</script>`);
    assert.ok(bytes <= LARGEST_SNIPPET, `${bytes} bytes`);
  });
}, prepare);
