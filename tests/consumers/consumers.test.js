/**
 * A project with each of the bundlers, and one with none, as a user would have it who has read the quick start: no plugin
 * and no configuration, and its events arrive.
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { open } from '../drivers/index.js';
import { endTree, freePort, isRunning, start } from '../drivers/processes.js';
import { poll } from '../drivers/poll.js';
import { startCollector } from '../support/collector.js';
import { required } from '../support/environment.js';
import { newToken } from '../support/suite.js';
import { visit } from './visit.js';

/** How a project is served: a script of its package.json, or folders of it by their addresses. */
const CONSUMERS = {
  'import-map': { production: { '/': '.' } },
  'vite': { production: { '/': 'dist' }, development: 'dev' },
  'webpack': { production: { '/': '.', '/dist': 'dist' }, development: { '/': '.', '/dist': 'development' } },
  'rollup': { production: { '/': '.', '/dist': 'dist' }, development: { '/': '.', '/dist': 'development' } },
  'esbuild': { production: { '/': '.', '/dist': 'dist' }, development: 'dev' },
  'parcel': { production: { '/': 'dist' }, development: 'dev' },
  'nextjs-turbopack': { production: 'start', development: 'dev:turbopack' },
  'nextjs-webpack': { production: 'start', development: 'dev:webpack' },
};

/** What other engines are to visit as well. They get the same files, of which these are the kinds that differ most. */
const IN_ALL_ENGINES = ['import-map', 'vite', 'webpack'];

/** A text of the core's WebAssembly, by which it is found in what bundlers make of it. */
const CORE = '$$client_ingestion_warning';

/** How long a server may take until it answers. Those for development build the page first, on a machine that may be busy. */
const SERVER_MS = 180_000;

const engine = required('HOGLET_ENGINE');
const projects = required('HOGLET_CONSUMERS');

describe(`consumers in ${engine}`, () => {
  let browser;
  let collector;

  before(async () => {
    collector = await startCollector({});
    browser = await open(engine);
    // Browsers end with their last tab.
    await browser.newTab();
  });

  after(async () => {
    await browser?.close();
    await collector?.stop();
  });

  for (const [name, modes] of Object.entries(CONSUMERS)) {
    if (engine !== 'chromium' && !IN_ALL_ENGINES.includes(name)) continue;
    for (const [mode, served] of Object.entries(modes)) {
      test(`${name}, in ${mode}: what the page captures arrives`, async (t) => {
        const site = await serve(t, join(projects, name), served);
        const tab = await browser.newTab();
        t.after(() => tab.close());
        const { first, later } = await visit(tab, `${site}/`, collector, newToken(name));
        if (mode === 'production') await assertCoreIsFetchedLater(first, later);
      });
    }

    test(`${name}, in production without WebAssembly: what the page captures arrives`, async (t) => {
      const site = await serve(t, join(projects, name), modes.production);
      const tab = await browser.newTab();
      t.after(() => tab.close());
      await visit(tab, `${site}/`, collector, newToken(name), 'js');
    });
  }

  if (engine === 'chromium') {
    test('nextjs renders the page on the server', async (t) => {
      const site = await serve(t, join(projects, 'nextjs-turbopack'), 'start');
      const page = await (await fetch(`${site}/?token=phc_nobody`)).text();
      assert.match(page, /<button id="add">Add to cart<\/button>/);
    });
  }
});

/** Serves a project until the test is over, and gives its address. */
async function serve(t, project, served) {
  if (typeof served === 'object') {
    const folders = Object.entries(served).map(([address, folder]) => [address, join(project, folder)]);
    const server = await startCollector(Object.fromEntries(folders));
    t.after(() => server.stop());
    return server.url;
  }
  const port = await freePort();
  const server = start('npm', ['run', '--silent', served], {
    cwd: project,
    env: { ...process.env, PORT: String(port), NEXT_TELEMETRY_DISABLED: '1' },
    // A server of esbuild's ends with its input.
    stdio: 'pipe',
  });
  t.after(() => endTree(server));
  const site = `http://127.0.0.1:${port}`;
  const status = async () => (await fetch(site)).status;
  const answer = await poll(
    () => status().catch((error) => (isRunning(server) ? Promise.reject(error) : 'it has ended')),
    (answer) => answer === 200 || typeof answer === 'string',
    (last) => `${served}: ${last}\n${server.output()}`,
    SERVER_MS,
  );
  assert.equal(answer, 200, server.output());
  return site;
}

/** Given the addresses of the scripts that were fetched before the visitor's first touch, and after it. */
async function assertCoreIsFetchedLater(first, later) {
  const withCore = async (addresses) => {
    const scripts = await Promise.all(addresses.map(async (address) => (await fetch(address)).text()));
    return scripts.filter((script) => script.includes(CORE)).length;
  };
  assert.equal(await withCore(first), 0, 'scripts with the core in them, before the first touch');
  // The two entries share it.
  assert.equal(await withCore(later), 1, 'scripts with the core in them, after it');
}
