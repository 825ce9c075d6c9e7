/** Pages without a bundler have the browser check every module by what the package says in integrity.json. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { open } from '../drivers/index.js';
import { temporaryFolder } from '../drivers/processes.js';
import { startCollector } from '../support/collector.js';
import { required } from '../support/environment.js';
import { newToken } from '../support/suite.js';
import { visit } from './visit.js';

/** Where the pages have the package. */
const PACKAGE = '/node_modules/hoglet';

const engine = required('HOGLET_ENGINE');
const project = join(required('HOGLET_CONSUMERS'), 'import-map');
const integrity = JSON.parse(readFileSync(join(project, PACKAGE, 'integrity.json'), 'utf8'));

describe(`integrity in ${engine}`, () => {
  const pages = temporaryFolder('integrity');
  let browser;
  let collector;

  before(async () => {
    collector = await startCollector({ '/': project, '/checked': pages });
    browser = await open(engine);
  });

  after(async () => {
    await browser?.close();
    await collector?.stop();
  });

  /** Puts a page there that has an import map with these values, and opens a tab. */
  async function prepare(values, scripts) {
    const map = {
      imports: { hoglet: `${PACKAGE}/index.js`, 'hoglet/eager': `${PACKAGE}/eager.js` },
      integrity: Object.fromEntries(Object.entries(values).map(([file, value]) => [`${PACKAGE}/${file}`, value])),
    };
    const buttons = '<button id="add"></button><button id="check-out"></button>';
    writeFileSync(
      join(pages, 'index.html'),
      `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify(map)}</script>${buttons}${scripts}`,
    );
    return browser.newTab();
  }

  test('an import map checks the modules, and all works', async () => {
    const tab = await prepare(integrity, '<script type="module" src="/main.js"></script>');
    await visit(tab, `${collector.url}/checked/`, collector, newToken('integrity'));
  });

  test('a script tag checks the script, and the map what it fetches', async () => {
    const script = `<script src="${PACKAGE}/snippet.js" integrity="${integrity['snippet.js']}"></script>`;
    const tab = await prepare(integrity, script);
    await tab.go(`${collector.url}/checked/`);
    const token = newToken('integrity');
    await tab.evaluate((token) => {
      posthog.init(token, { api_host: location.origin, opt_out_useragent_filter: true, capture_pageview: false });
      posthog.capture('checked');
      return posthog.flush();
    }, token);
    await collector.delivered(token, 1);
  });

  test('what was changed is refused: the module that the map names, and what it fetches later', async () => {
    const changed = { ...integrity, 'index.js': integrity['core.js'], 'core.js': integrity['index.js'] };
    const tab = await prepare(
      changed,
      `<script type="module" src="/main.js" onerror="outcomes = {}"></script>
      <script type="module">
        for (const file of ['index.js', 'core.js', 'anti-flicker.js']) {
          outcomes[file] = await import('${PACKAGE}/' + file).then(() => 'there', () => 'refused');
        }
      </script>`,
    );
    await tab.go(`${collector.url}/checked/`);
    const outcomes = await tab.waitFor(() => window.outcomes?.['anti-flicker.js'] && window.outcomes);
    assert.deepEqual(outcomes, { 'index.js': 'refused', 'core.js': 'refused', 'anti-flicker.js': 'there' });
  });
});
