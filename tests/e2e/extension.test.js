/** A browser extension: its own pages, and the script that it puts into other people's pages. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { CAN_LOAD_EXTENSIONS } from '../drivers/index.js';
import { required } from '../support/environment.js';
import { bundleExtension } from '../support/extension.js';
import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

let folder;
after(() => folder && rm(folder, { recursive: true }));

async function prepare() {
  folder = await mkdtemp(join(tmpdir(), 'hoglet-extension-'));
  await bundleExtension(folder);
  return { extension: folder };
}

/** Settings that would have all that hoglet can store be stored. */
const config = (world) => ({
  api_host: world.collector.url,
  load: 'eager',
  batch_interval: 60_000,
  opt_out_useragent_filter: true,
  autocapture: true,
  capture_pageview: true,
  capture_pageleave: false,
  persistence: 'localStorage+cookie',
  opt_out_capturing_persistence_type: 'cookie',
  split_storage: true,
  tracing_headers: true,
  capture_exceptions: { capture_console_errors: true },
  debug: true,
});

/** What is stored in the page's origin, and which of the page's functions are the browser's own. */
async function state() {
  const databases = await indexedDB.databases();
  const locks = await navigator.locks.query();
  return {
    cookies: document.cookie,
    local: Object.entries(localStorage).sort(),
    session: Object.entries(sessionStorage).sort(),
    databases: databases.map(({ name }) => name),
    locks: [...locks.held, ...locks.pending].map(({ name }) => name),
    caches: await caches.keys(),
    own: Reflect.ownKeys(window).map(String).filter((name) => /hoglet|posthog/i.test(name)),
    wrapped: [history.pushState, history.replaceState, fetch, XMLHttpRequest.prototype.open, console.error].map(
      (method) => !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(method)),
    ),
  };
}

/** Leaves in the page's storage what a client of the same project would. */
function fill(token) {
  const visitor = JSON.stringify({ distinct_id: 'of the page', $device_id: 'of the page' });
  document.cookie = `ph_${token}_posthog=${encodeURIComponent(visitor)}; path=/`;
  document.cookie = `__ph_opt_in_out_${token}=0; path=/`;
  localStorage.setItem(`ph_${token}_posthog`, visitor);
  localStorage.setItem(`__ph_opt_in_out_${token}`, '0');
  localStorage.setItem('ph_debug', 'true');
  const call = { method: 'capture', args: ['of an earlier page'], waits: 'x', time: Date.now(), url: location.href };
  localStorage.setItem(`hoglet_calls_${token}_1.5`, `${JSON.stringify(call)}\n`);
  localStorage.setItem(`hoglet_outbox_${token}_01890000-0000-7000-8000-000000000001_00000000_1_3`, 'E{}');
  sessionStorage.setItem(`ph_${token}_window_id`, 'of the page');
}

if (CAN_LOAD_EXTENSIONS.includes(required('HOGLET_ENGINE'))) {
  suite(
    'extension',
    (world) => {
      const visitHost = async (page = 'host.html') => {
        const tab = await world.visit(page);
        await tab.waitFor(() => document.documentElement.dataset.extension);
        return tab;
      };
      const names = async (token, count) => (await world.collector.delivered(token, count)).map(({ event }) => event);

      for (const [page, entry] of [
        ['page.html', 'index'],
        ['page.html', 'eager'],
        ['without-wasm.html', 'index'],
      ]) {
        test(`the extension's ${page} captures with ${entry}.js, and keeps its visitor`, async () => {
          const token = newToken('page');
          const tab = await visitHost();
          const base = await tab.evaluate(() => document.documentElement.dataset.extension);
          const settings = { ...config(world), ...(page === 'without-wasm.html' && { engine: 'js' }) };
          const visit = async () => {
            // Not the driver: Firefox lets it go to no page of an extension.
            await tab.go(world.page('host.html'));
            await tab.evaluate((url) => setTimeout(() => location.assign(url)), `${base}${page}?entry=${entry}`);
            await tab.waitFor(() => window.hoglet?.init !== undefined);
            return tab.evaluate(
              async (token, config) => {
                hoglet.init(token, config);
                await hoglet.load?.();
                hoglet.capture('of the extension');
                await hoglet.flagsReady(10_000);
                await hoglet.flush();
                return hoglet.get_distinct_id();
              },
              token,
              { ...settings, debug: false, capture_dead_clicks: true, capture_performance: true },
            );
          };
          const visitor = await visit();
          assert.equal(await visit(), visitor);
          const events = await world.collector.delivered(token, 4);
          assert.deepEqual(events.map(({ event }) => event).sort(), ['$pageview', '$pageview', 'of the extension', 'of the extension']);
          assert.ok(events.every(({ properties }) => properties.$current_url.startsWith(base)));
          assert.deepEqual(await tab.evaluate(() => refused), []);
          assert.deepEqual((await tab.console()).filter(({ level }) => level === 'error'), []);
        });
      }

      test('a content script captures, and leaves nothing in the page that it was put into', async () => {
        const token = newToken('content');
        const tab = await visitHost();
        await tab.evaluate(fill, token);
        const before = await tab.evaluate(state);

        await tab.evaluate((...args) => ask('init', ...args).then(() => {}), token, config(world));
        const [persistence, visitor] = await tab.evaluate(async () => {
          await ask('capture', 'seen', { a: 1 });
          await ask('identify', 'ada', { plan: 'pro' });
          await ask('register', { theme: 'dark' });
          await ask('register_for_session', { step: 1 });
          await ask('group', 'company', 'acme');
          await ask('flagsReady', 10_000);
          await ask('featureFlags.overrideFeatureFlags', { beta: true });
          await ask('set_config', { persistence: 'localStorage' });
          await ask('captureException', 'wrong');
          await ask('debug');
          const { persistence } = await ask('config');
          return [persistence, await ask('get_distinct_id')];
        });
        assert.deepEqual([persistence, visitor], ['memory', 'ada']);
        await tab.click('#press');
        assert.deepEqual(await tab.evaluate(state), before);

        await tab.evaluate(() => ask('flush'));
        const expected = ['$autocapture', '$exception', '$groupidentify', '$identify', '$pageview', 'seen'];
        const events = await world.collector.delivered(token, expected.length);
        assert.deepEqual(events.map(({ event }) => event).sort(), expected);
        assert.ok(events.every(({ distinct_id }) => distinct_id !== 'of the page'));
        assert.deepEqual(await tab.evaluate(state), before);

        await tab.evaluate(async () => {
          await ask('opt_out_capturing');
          await ask('opt_in_capturing', { captureEventName: false });
          await ask('capture', 'last');
          await ask('reset');
          await ask('debug', false);
          await ask('shutdown');
        });
        assert.equal((await names(token, 7)).at(-1), 'last');
        assert.deepEqual(await tab.evaluate(state), before);
        await tab.reload();
        await tab.waitFor(() => document.documentElement.dataset.extension);
        const after = await tab.evaluate(state);
        assert.deepEqual(after, before);
      });

      test('a content script works in a page whose policy forbids WebAssembly', async () => {
        const token = newToken('policy');
        await world.collector.defineFlag(token, 'beta');
        const tab = await visitHost('host-strict.html');
        const before = await tab.evaluate(state);
        await tab.evaluate((...args) => ask('init', ...args).then(() => {}), token, { ...config(world), capture_dead_clicks: true });
        const beta = await tab.evaluate(async () => {
          await ask('capture', 'seen');
          await ask('flagsReady', 10_000);
          const beta = await ask('getFeatureFlag', 'beta');
          await ask('flush');
          return beta;
        });
        assert.equal(beta, true);
        assert.deepEqual((await names(token, 3)).sort(), ['$feature_flag_called', '$pageview', 'seen']);
        // Chromium holds content scripts to the page's policy in this, and tells the page.
        const refused = await tab.evaluate(() => window.refused);
        assert.deepEqual(refused.filter((text) => text !== 'script-src: wasm-eval'), []);
        await tab.evaluate(() => ask('capture', 'waits'));
        await tab.reload();
        await tab.waitFor(() => document.documentElement.dataset.extension);
        assert.ok((await names(token, 4)).includes('waits'));
        assert.deepEqual(await tab.evaluate(state), before);
      });

      test('while it works, the page loads another without a trace', async () => {
        const token = newToken('left');
        const tab = await visitHost();
        const before = await tab.evaluate(state);
        await tab.evaluate((...args) => ask('init', ...args).then(() => {}), token, config(world));
        await tab.evaluate(() => ask('capture', 'waits'));
        await tab.reload();
        await tab.waitFor(() => document.documentElement.dataset.extension);
        assert.deepEqual(await tab.evaluate(state), before);
        assert.ok((await names(token, 2)).includes('waits'));
      });
    },
    prepare,
    only('lazy'),
  );
} else {
  test('extension', { skip: 'this engine knows no extensions' });
}
