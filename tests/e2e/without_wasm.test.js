/** Where WebAssembly is refused, or its bytes arrive garbled, the same core runs as JavaScript. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { build } from 'esbuild';

import { only, packageFolder } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const folder = mkdtempSync(join(tmpdir(), 'hoglet-engines-'));
after(() => rmSync(folder, { recursive: true }));

/** A copy of the package in which some files are changed, or gone. */
function changed(name, files) {
  const copy = join(folder, name);
  cpSync(packageFolder(), copy, { recursive: true });
  for (const [file, change] of Object.entries(files)) {
    if (change) writeFileSync(join(copy, file), change(readFileSync(join(copy, file))));
    else rmSync(join(copy, file));
  }
  return copy;
}

async function prepare() {
  // What a browser makes of a classic script that it takes for windows-1252.
  const garble = (bytes) => bytes.toString('latin1');
  const garbled = changed('garbled', { 'core.js': garble });
  const missing = changed('missing', { 'core.js': null, 'core-without-wasm.js': null });
  const classic = join(folder, 'classic');
  const script = join(classic, 'app.js');
  await build({
    stdin: { contents: `window.hoglet = require(${JSON.stringify(join(packageFolder(), 'eager.js'))}).default`, resolveDir: folder },
    outfile: script,
    bundle: true,
    format: 'iife',
    charset: 'utf8',
    minify: true,
  });
  writeFileSync(script, garble(readFileSync(script)));
  return { mounts: { '/garbled': garbled, '/missing': missing, '/classic': classic } };
}

suite('without wasm', (world) => {
  /** What the page has fetched of the core. */
  const fetched = (tab) =>
    tab.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name.split('/').at(-1))
        .filter((name) => name.startsWith('core')),
    );

  /** How often a page is told that it was refused something once. WebKit tells nothing. */
  const ONCE = process.env.HOGLET_ENGINE === 'webkit' ? 0 : 1;

  /** What the page was refused, once it has been told. */
  const refusals = (tab) =>
    tab.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return refused.length;
    });

  const nothingIsUncaught = async (tab) => assert.deepEqual(await tab.evaluate(() => uncaught), []);

  /** Captures an event on a page and gives the engine that it says. */
  async function engineOf(tab, config, start = initAndLoad) {
    const token = newToken('engine');
    await start(tab, token, config);
    await tab.evaluate(() => {
      hoglet.capture('captured', { text: '🦔 ü' });
      return hoglet.flush();
    });
    const [{ properties }] = await world.collector.delivered(token, 1);
    assert.equal(properties.text, '🦔 ü');
    return properties.$lib_engine;
  }

  for (const entry of ['index', 'eager']) {
    test(`events say that WebAssembly runs where it may (entry ${entry})`, async () => {
      const tab = await world.visit(`engines.html?entry=${entry}`);
      assert.equal(await engineOf(tab), 'wasm');
      assert.deepEqual(await fetched(tab), ['core.js']);
      assert.equal(await tab.evaluate(() => 'hoglet_engine' in sessionStorage), false);
    });

    test(`bytes that were garbled on the way are not compiled, and JavaScript takes over (entry ${entry})`, async () => {
      const tab = await world.visit(`engines.html?package=garbled&entry=${entry}`);
      assert.equal(await engineOf(tab), 'js');
      assert.deepEqual(await fetched(tab), ['core.js', 'core-without-wasm.js']);
      const warnings = (await tab.console()).filter(({ text }) => text.includes('the core was garbled'));
      assert.equal(warnings.length, 1);
      await nothingIsUncaught(tab);
    });
  }

  test('a page that forbids WebAssembly is asked once, and the core is fetched as JavaScript only', async () => {
    const tab = await world.visit('without_wasm.html');
    assert.equal(await engineOf(tab), 'js');
    assert.deepEqual(await fetched(tab), ['core-without-wasm.js']);
    assert.equal(await refusals(tab), ONCE);
    await nothingIsUncaught(tab);

    await world.go(tab, 'without_wasm.html');
    assert.equal(await engineOf(tab), 'js');
    assert.deepEqual(await fetched(tab), ['core-without-wasm.js']);
    assert.equal(await refusals(tab), 0, 'what was refused is remembered');
  });

  test('where WebAssembly is forbidden hoglet/eager does as the lazy entry does', async () => {
    const tab = await world.visit('without_wasm.html?entry=eager');
    const token = newToken('eager');
    await init(tab, token);
    const isLoaded = await tab.evaluate(() => {
      hoglet.capture('before the core');
      return !!hoglet.__loaded;
    });
    assert.equal(isLoaded, false);
    await tab.evaluate(async () => {
      await hoglet.load();
      hoglet.capture('with the core');
      await hoglet.flush();
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event }) => event), ['before the core', 'with the core']);
    assert.deepEqual(events.map(({ properties }) => properties.$lib_engine), ['js', 'js']);
    assert.equal(await refusals(tab), ONCE);
    await nothingIsUncaught(tab);

    await world.go(tab, 'without_wasm.html?entry=eager');
    assert.equal(await engineOf(tab), 'js');
    assert.equal(await refusals(tab), 0, 'what was refused is remembered');
  });

  test("engine: 'js' asks nothing and remembers nothing", async () => {
    const tab = await world.visit('without_wasm.html');
    assert.equal(await engineOf(tab, { engine: 'js' }), 'js');
    assert.deepEqual(await fetched(tab), ['core-without-wasm.js']);
    assert.equal(await refusals(tab), 0);
    assert.equal(await tab.evaluate(() => 'hoglet_engine' in sessionStorage), false);
  });

  test('sessionStorage is no condition', async () => {
    const tab = await world.visit('limited.html?sessionStorage=denied');
    assert.equal(await engineOf(tab, { engine: 'js' }), 'js');
  });

  test('an app that is all in one garbled script has its core as JavaScript', async () => {
    const tab = await world.visit('classic.html');
    assert.equal(await engineOf(tab), 'js');
  });

  test('the core as JavaScript is made anew after a trap', async () => {
    const tab = await world.visit('trap.html');
    const token = newToken('trap');
    await initAndLoad(tab, token, { engine: 'js', batch_interval: 60_000 });
    const [before, after] = await tab.evaluate(async () => {
      const before = [hoglet.get_distinct_id(), hoglet.get_session_id()];
      hoglet.capture('before');
      trapIn('call');
      hoglet.capture('traps');
      hoglet.capture('after');
      await hoglet.flush();
      return [before, [hoglet.get_distinct_id(), hoglet.get_session_id()]];
    });
    assert.deepEqual(after, before);
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event, properties }) => [event, properties.$lib_engine]), [['before', 'js'], ['after', 'js']]);
    assert.equal(await tab.evaluate(() => instances), 2);
    await nothingIsUncaught(tab);
  });

  test('a core that cannot be fetched is told where the app debugs, and breaks nothing', async () => {
    for (const [debug, count] of [[false, 0], [true, 1]]) {
      const tab = await world.visit('engines.html?package=missing');
      await initAndLoad(tab, newToken('missing'), { debug });
      await tab.evaluate(() => hoglet.capture('kept'));
      const told = (await tab.console()).filter(({ text }) => text.includes('[hoglet] load_failed'));
      assert.equal(told.length, count);
      await nothingIsUncaught(tab);
    }
  });
}, prepare, only('lazy'));
