/** Apps of four routers, each visited by the same script: one pageview for each page that the visitor gets to see. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { open } from '../drivers/index.js';
import { startCollector } from '../support/collector.js';
import { required } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { newToken } from '../support/suite.js';
import { SCRIPT } from './script.js';

const APPS = ['react-router', 'vue-router', 'nextjs', 'tanstack-router'];

const engine = required('HOGLET_ENGINE');
const sites = required('HOGLET_ROUTERS');

describe(`routers in ${engine}`, () => {
  let browser;

  before(async () => {
    browser = await open(engine);
    // Browsers end with their last tab.
    await browser.newTab();
  });

  after(() => browser?.close());

  for (const app of APPS) {
    test(`${app}: one pageview for each page, whatever the router does to show it`, async (t) => {
      const site = join(sites, app);
      const collector = await startCollector({ '/': site }, { '/': join(site, 'index.html') });
      t.after(() => collector.stop());
      const tab = await browser.newTab();
      t.after(() => tab.close());
      await visit(tab, collector);
    });
  }
});

/** Does as the script says, and compares what the router has shown and what has reached the collector. */
async function visit(tab, collector) {
  const token = newToken('routers');
  const shown = [];
  const counted = [];
  for (const { click, back, address, title, heading = title, counts } of SCRIPT) {
    if (click) await tab.click(click);
    else if (back) await tab.back();
    else await tab.go(`${collector.url}${address}?token=${token}`);

    const path = address.replace(/[?#].*/, '');
    await tab.waitFor(isShown, click || back ? address : `${address}?token=${token}`, path, title, heading);
    if (shown.at(-1)?.[0] !== path) shown.push([path, title]);

    // Nobody goes on before a page is there and counted.
    if (counts) {
      counted.push([path, title, counts]);
      await eventually(
        () => pageviews(collector, token),
        (events) => events.length >= counted.length,
        `the pageview of ${path} after ${shown.length} pages`,
      );
    }
  }
  assert.deepEqual(await tab.evaluate(() => window.visited), shown);

  await tab.evaluate(async () => {
    hoglet.capture('end');
    await hoglet.flush();
  });
  await eventually(
    () => collector.events({ token }),
    (events) => events.some(({ event }) => event === 'end'),
    'the last event',
  );
  const lines = (rows) => rows.map((row) => row.join(', '));
  assert.deepEqual(lines(toldApart(await pageviews(collector, token), counted)), lines(counted));
}

/** Runs in the page: whether all of it is as it is to be. Some routers end every path with a slash. */
function isShown(address, path, title, heading) {
  const [shownPath, shownTitle] = window.visited?.at(-1) ?? [];
  const here = location.pathname.replace(/(.)\/$/, '$1') + location.search + location.hash;
  return (
    window.appReady === true &&
    here === address &&
    document.title === title &&
    document.querySelector('h1')?.textContent === heading &&
    shownPath === path &&
    shownTitle === title
  );
}

/** `[path, title, navigation type]` of the pageviews that have arrived, in the order in which they were captured. */
async function pageviews(collector, token) {
  const events = await collector.events({ token });
  return events
    .filter(({ event }) => event === '$pageview')
    .map(({ properties }) => [
      properties.$pathname.replace(/(.)\/$/, '$1'),
      properties.title,
      properties.navigation_type ?? 'initial',
    ]);
}

/** Names the types as the script does: where a router may push or replace, either is right. */
function toldApart(actual, expected) {
  return actual.map(([path, title, type], index) => {
    const allowed = expected[index]?.[2] ?? '';
    return [path, title, allowed.split(' or ').includes(type) ? allowed : type];
  });
}
