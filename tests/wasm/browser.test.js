/**
 * The tests of main.rs, each by itself in a fresh page, in the engine named by HOGLET_ENGINE.
 *
 * Their wasm and its glue are in the folder named by HOGLET_WASM_TESTS. What they need of a page is what
 * `wasm-bindgen-test` expects of its own runner.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { open } from '../drivers/index.js';
import { required } from '../support/environment.js';
import { serve } from './serve.js';

/** How long a page may be deaf, in milliseconds: longer than the driver waits for one that is not. */
const DEAF_MS = 30_000;

const engine = required('HOGLET_ENGINE');
const generated = required('HOGLET_WASM_TESTS');

describe(`wasm in ${engine}`, () => {
  let server;
  let browser;
  let tab;
  let isRunning = false;

  before(async () => {
    server = await serve(generated);
  });

  beforeEach(async () => {
    if (browser) return;
    browser = await open(engine);
    tab = await browser.newTab();
  });

  afterEach(async () => {
    if (!isRunning) return;
    // A page that hangs keeps the driver from doing anything else with its browser: the next test gets another.
    await browser.kill();
    browser = undefined;
    isRunning = false;
  });

  after(async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  });

  for (const { name, exported, isIgnored } of exportedTests()) {
    test(name, { skip: isIgnored, timeout: DEAF_MS }, async () => {
      isRunning = true;
      await tab.go(`http://127.0.0.1:${server.address().port}/`);
      await tab.waitFor(() => window.run !== undefined);
      await tab.evaluate((exported) => void window.run(exported), exported);
      const { passed, output } = await tab.waitFor(() => window.outcome);
      isRunning = false;
      assert.ok(passed, output);
    });
  }
});

/** The tests that the wasm has, by the names of its exports: `__wbgt_<flags>_<crate>::<module>::<test>`. */
function exportedTests() {
  const wasm = new WebAssembly.Module(readFileSync(join(generated, 'browser_bg.wasm')));
  const tests = WebAssembly.Module.exports(wasm).flatMap(({ name: exported }) => {
    const [, flags, name] = /^__wbgt_([^_]*)_\w+::(.+)$/.exec(exported) ?? [];
    return name ? [{ name, exported, isIgnored: flags.includes('$') }] : [];
  });
  assert.ok(tests.length > 0, 'the wasm has tests');
  return tests;
}
