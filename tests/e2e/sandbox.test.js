/** Frames that may run scripts and nothing else: their origin is nobody's, and every use of storage throws. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

suite('sandbox', (world) => {
  for (const entry of ['index', 'eager']) {
    test(`with ${entry}.js events arrive, flags are known, and nobody notices that nothing can be stored`, async () => {
      const token = newToken('sandbox');
      await world.collector.defineFlag(token, 'beta');
      const tab = await world.visit('sandbox.html');
      await tab.evaluate((entry) => bring(entry), entry);
      const config = {
        api_host: world.collector.url,
        load: 'eager',
        batch_interval: 60_000,
        opt_out_useragent_filter: true,
        capture_pageview: 'history_change',
        capture_dead_clicks: true,
        capture_exceptions: true,
        capture_heatmaps: true,
        capture_media: true,
        capture_performance: true,
        identity_cookie: 'shop_user',
        split_storage: true,
        tracing_headers: true,
      };
      const { denied, told, ids, beta, flushed } = await tab.evaluate(
        (token, config) =>
          inFrame(
            async (hoglet, token, config) => {
              const isDenied = (use) => {
                try {
                  use();
                  return false;
                } catch {
                  return true;
                }
              };
              const denied = [() => localStorage, () => sessionStorage, () => document.cookie].map(isDenied);
              hoglet.init(token, config);
              hoglet.capture('early');
              await hoglet.load?.();
              hoglet.register({ theme: 'dark' });
              hoglet.identify('ada');
              hoglet.capture('captured');
              document.getElementById('press').click();
              hoglet.debug(false);
              hoglet.opt_in_capturing();
              await hoglet.flagsReady(10_000);
              const beta = hoglet.isFeatureEnabled('beta');
              const flushed = await hoglet.flush();
              const ids = [hoglet.get_distinct_id(), hoglet.get_session_id(), hoglet.get_property('theme')];
              return { denied, told: window[Symbol.for('hoglet tests: console')], ids, beta, flushed };
            },
            token,
            config,
          ),
        token,
        config,
      );
      assert.deepEqual(denied, [true, true, true], 'the browser denies the frame all storage');
      assert.deepEqual(told, []);
      assert.equal(beta, true);
      assert.equal(flushed.remaining, 0);
      const expected = ['$autocapture', '$feature_flag_called', '$identify', '$opt_in', '$pageview', 'captured', 'early'];
      const events = await world.collector.delivered(token, expected.length);
      assert.deepEqual(events.map(({ event }) => event).sort(), expected);
      const { distinct_id, session_id, properties } = events.find(({ event }) => event === 'captured');
      assert.deepEqual([distinct_id, session_id, properties.theme], ids);
      assert.equal(distinct_id, 'ada');
    });

    test(`with ${entry}.js a frame that goes away sends what waits`, async () => {
      const token = newToken('gone');
      const tab = await world.visit('sandbox.html');
      await tab.evaluate((entry) => bring(entry), entry);
      await tab.evaluate(
        (token, api_host) =>
          inFrame(
            async (hoglet, token, api_host) => {
              const config = { api_host, load: 'eager', autocapture: false, capture_pageview: false, capture_pageleave: false };
              hoglet.init(token, { ...config, batch_interval: 60_000, opt_out_useragent_filter: true, advanced_disable_flags: true });
              await hoglet.load?.();
              hoglet.capture('waits');
            },
            token,
            api_host,
          ),
        token,
        world.collector.url,
      );
      await tab.evaluate(() => document.querySelector('iframe').remove());
      await world.collector.delivered(token, 1);
    });
  }
}, undefined, only('lazy'));
