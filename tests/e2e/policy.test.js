/** Pages whose policy is as strict as it can be with WebAssembly: the whole client works, and nothing of it is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

const PAGES = ['strict.html?entry=index', 'strict.html?entry=eager', 'strict-snippet.html'];

/** What is fetched only when it is wanted. */
const PARTS = ['dead-clicks', 'early-access', 'heatmap', 'media', 'tracing', 'web-vitals'].map((name) => `/hoglet/${name}.js`);

/** Starts the client with all that can be asked of it. */
function begin(token) {
  hoglet.init(token, {
    api_host: location.origin,
    load: 'eager',
    batch_interval: 100,
    opt_out_useragent_filter: true,
    capture_pageview: 'history_change',
    capture_dead_clicks: { mutation_threshold_ms: 50 },
    capture_exceptions: true,
    capture_heatmaps: { flush_interval_milliseconds: 50 },
    capture_media: true,
    capture_outbound_clicks: true,
    capture_performance: true,
    tracing_headers: true,
    debug: false,
  });
  return hoglet.flagsReady(10_000);
}

/** Does what an app and its visitor do. */
function use() {
  hoglet.capture('bought', { price: 3 });
  hoglet.identify('ada', { plan: 'pro' });
  hoglet.captureException(new Error('handled'));
  hoglet.getEarlyAccessFeatures(() => {}, true);
  addEventListener('click', (event) => event.preventDefault(), { once: true });
  document.getElementById('out').click();
  history.pushState({}, '', '/another');
  return hoglet.isFeatureEnabled('beta');
}

const refused = (tab) => tab.evaluate(() => window.refused);

suite('policy', (world) => {
  for (const page of PAGES) {
    test(`${page}: everything works under a policy with trusted types, and nothing is refused`, async () => {
      const token = newToken('strict');
      await world.collector.defineFlag(token, 'beta');
      const tab = await world.visit(page);
      assert.equal(await tab.evaluate(begin, token), true);
      assert.equal(await tab.evaluate(use), true);
      const fetched = await eventually(
        () => tab.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name)),
        (names) => PARTS.every((part) => names.includes(world.collector.url + part)),
        'every part of the package',
      );
      assert.ok(fetched.every((name) => name.startsWith(world.collector.url)));
      // What has been fetched may not have begun yet.
      await tab.evaluate((parts) => Promise.all(parts.map((part) => import(part))).then(() => {}), PARTS);
      const expected = [
        '$pageview',
        'bought',
        '$identify',
        '$exception',
        '$outbound_click',
        '$autocapture',
        '$feature_flag_called',
        '$dead_click',
        '$$heatmap',
      ];
      const missing = async () => {
        // Not once: of a click that gives the window its focus something has come.
        await tab.click('#press');
        const names = (await world.collector.events({ token })).map(({ event }) => event);
        return expected.filter((name) => !names.includes(name));
      };
      await eventually(missing, ({ length }) => length === 0, 'events of every kind');
      assert.deepEqual(await refused(tab), []);
      assert.deepEqual(await tab.console(), []);
    });
  }

  test('the policy is in force', async () => {
    const tab = await world.visit('strict.html?entry=index');
    await tab.evaluate(() => {
      for (const forbidden of [
        () => document.body.append(Object.assign(document.createElement('script'), { src: 'https://elsewhere.example/' })),
        () => document.getElementById('press').setAttribute('style', 'color: red'),
        () => (document.getElementById('press').innerHTML = '<b>press</b>'),
      ]) {
        try {
          forbidden();
        } catch {
          // Where trusted types are known.
        }
      }
    });
    const expected = await tab.evaluate(() => (window.trustedTypes ? 'require-trusted-types-for' : 'script-src-elem'));
    await eventually(
      () => refused(tab),
      (violations) => violations.some((text) => text.startsWith(expected)),
      `a refusal by ${expected}`,
    );
  });
}, undefined, only('lazy'));
