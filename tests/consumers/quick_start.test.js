/** README's quick start in an empty folder, as a new user tries it: word for word, but for the token and the server. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { open } from '../drivers/index.js';
import { startCollector } from '../support/collector.js';
import { required } from '../support/environment.js';
import { newToken } from '../support/suite.js';

const engine = required('HOGLET_ENGINE');

/** Beside the other projects, whose Vite it has. */
const folder = join(required('HOGLET_CONSUMERS'), 'quick-start');

// What Vite makes of it is no other than what the suite of the bundlers visits in all engines.
const skip = engine !== 'chromium' && 'is built by the same Vite for all engines';

test(`README's quick start, in ${engine}`, { skip }, async (t) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const write = (name, text) => writeFileSync(join(folder, name), text);
  const run = (command) => execFileSync(command, { cwd: folder, shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const collector = await startCollector({ '/': join(folder, 'dist') });
  t.after(() => collector.stop());

  const [install, code] = quickStart();
  assert.equal(install, 'npm install hoglet\n');
  write('package.json', '{ "private": true }');
  run('npm install --offline --ignore-scripts ../hoglet.tgz');
  const token = newToken('quick_start');
  const settings = `api_host: '${collector.url}', opt_out_useragent_filter: true`; // driven browsers count as bots
  write('main.js', changed(changed(code, 'phc_your_project_token', token), "api_host: 'https://eu.i.posthog.com'", settings));
  write('index.html', '<link rel="icon" href="data:,"><script type="module" src="main.js"></script>');
  run('npx vite build --logLevel error');

  const browser = await open(engine);
  t.after(() => browser.close());
  const tab = await browser.newTab();
  await tab.go(collector.url);
  const events = await collector.delivered(token, 3);
  assert.deepEqual(events.map(({ event }) => event).sort(), ['$identify', '$pageview', 'added to cart']);
  assert.deepEqual((await tab.console()).filter(({ level }) => level === 'error'), []);
});

/** The first two blocks of code under README's heading: what to type, and what to write. */
function quickStart() {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section] = readme.split('\n## Use it\n');
  return [...section.matchAll(/^```\w+\n(.*?)^```$/gms)].slice(0, 2).map(([, block]) => block);
}

function changed(code, from, to) {
  assert.ok(code.includes(from), from);
  return code.replace(from, to);
}
