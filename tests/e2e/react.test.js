/** The entry `hoglet/react`, in apps that esbuild has bundled with the React versions that it works with. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventually } from '../support/eventually.js';
import { only } from '../support/modes.js';
import { REACTS, bundleApp } from '../support/react_app.js';
import { initAndLoad, newToken, suite } from '../support/suite.js';

const APP = fileURLToPath(new URL('../react/browser.js', import.meta.url));
const OFF = { filters: { groups: [{ properties: [], rollout_percentage: 0 }] } };
const BLUE = {
  filters: {
    groups: [{ properties: [], rollout_percentage: 100 }],
    multivariate: { variants: [{ key: 'blue', rollout_percentage: 100 }] },
    payloads: { blue: '{"size":2}' },
  },
};

const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function bundle() {
  const mounts = {};
  for (const react of REACTS) {
    const folder = await mkdtemp(join(tmpdir(), 'hoglet-react-'));
    folders.push(folder);
    await bundleApp(APP, react, folder, 'browser');
    mounts[`/react-${react}`] = folder;
  }
  return { mounts };
}

/** The settings of a client that captures what the test has it capture. */
const quiet = (world, own) => ({
  api_host: world.collector.url,
  opt_out_useragent_filter: true,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  ...own,
});

const complaints = async (tab) => (await tab.console()).filter(({ text }) => text.includes('[hoglet]')).map(({ text }) => text);

suite('react', (world) => {
  for (const react of REACTS) {
    const visit = () => world.visit(`react.html?react=${react}`);

    test(`React ${react} in StrictMode: the client is begun once, before what is inside captures`, async () => {
      const token = newToken('strict');
      const tab = await visit();
      const props = { apiKey: token, options: quiet(world, { load: 'eager' }) };
      await tab.evaluate((props) => show('capturing', props), props);
      await tab.evaluate((props) => (unmount(), show('capturing', props)), props);
      const batch = await tab.evaluate((props) => {
        show('capturing', { ...props, options: { ...props.options, batch_size: 7 } });
        return hoglet.flush().then(() => hoglet.config.batch_size);
      }, props);
      const events = await world.collector.delivered(token, 2);
      assert.deepEqual(events.map(({ event }) => event), ['mounted', 'mounted']);
      assert.equal(batch, 7);
      assert.deepEqual(await complaints(tab), []);

      await tab.evaluate((props) => show('capturing', { ...props, apiKey: 'phc_another' }), props);
      const [complaint, ...others] = await complaints(tab);
      assert.match(complaint, /another apiKey was ignored/);
      assert.deepEqual(others, []);
      assert.equal(await tab.evaluate(() => hoglet.config.token), token);
    });

    test(`React ${react}: a flag that is switched renders what depends on it, and nothing else`, async () => {
      const token = newToken('switched');
      await world.collector.defineFlag(token, 'beta', OFF);
      await world.collector.defineFlag(token, 'other');
      const tab = await visit();
      await tab.evaluate(() => show('flags', { client: 'lazy' }));
      await initAndLoad(tab, token, { advanced_disable_flags: false });
      await tab.waitFor(() => read().enabled === 'false' && read().other.includes('true'));
      const before = await tab.evaluate(async () => {
        await hoglet.featureFlags.reloadFeatureFlagsAsync();
        return { ...renders };
      });
      await world.collector.defineFlag(token, 'beta', BLUE);
      await tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync());
      await tab.waitFor(() => read().enabled === 'true');
      const { texts, now } = await tab.evaluate(() => ({ texts: read(), now: renders }));
      const { other, ...own } = texts;
      assert.deepEqual(own, { enabled: 'true', variant: '"blue"', payload: '{"size":2}', active: '["beta","other"]' });
      assert.deepEqual(JSON.parse(other), { key: 'other', enabled: true });
      assert.equal(now.other, before.other);
      assert.ok(now.enabled > before.enabled);

      const rendered = await tab.evaluate(async () => {
        const count = { ...renders };
        await hoglet.featureFlags.reloadFeatureFlagsAsync();
        await hoglet.flush();
        return [count, renders];
      });
      assert.deepEqual(rendered[0], rendered[1]);
      const told = (await world.collector.events({ token })).filter(({ event }) => event === '$feature_flag_called');
      const values = told.map(({ properties }) => `${properties.$feature_flag}: ${properties.$feature_flag_response}`);
      assert.deepEqual(values.sort(), ['beta: blue', 'beta: false', 'other: true']);
    });

    test(`React ${react}: what an earlier visit has stored is in the first render`, only('lazy', 'eager'), async () => {
      const token = newToken('first');
      await world.collector.defineFlag(token, 'beta', BLUE);
      const tab = await visit();
      const settings = quiet(world, { load: 'manual' });
      await tab.evaluate((token, settings) => void eager.init(token, settings), token, settings);
      await tab.waitFor(() => eager.getFeatureFlag('beta', { send_event: false }) === 'blue');
      await world.go(tab, `react.html?react=${react}&again`);
      const text = await tab.evaluate(
        (token, settings) => {
          eager.init(token, settings);
          show('flags', { client: 'eager' });
          return read().variant;
        },
        token,
        settings,
      );
      assert.equal(text, '"blue"');
    });

    test(`React ${react}: what a server has rendered is taken over, and follows the flags`, async () => {
      const token = newToken('hydrated');
      await world.collector.defineFlag(token, 'beta', BLUE);
      const tab = await visit();
      const before = await tab.evaluate(
        async (token, settings) => {
          eager.init(token, settings);
          await eager.flagsReady(10_000);
          return serve('flags', { client: 'eager' });
        },
        token,
        quiet(world),
      );
      assert.equal(before, 'undefinedundefinedundefined[]undefined');
      const errors = async () => (await tab.console()).filter(({ level }) => level === 'error').length;
      // React 18 takes a page in which a server's renderer runs for a server.
      const served = await errors();
      await tab.evaluate(() => hydrate('flags', { client: 'eager' }));
      await tab.waitFor(() => read().variant === '"blue"');
      assert.deepEqual(await tab.evaluate(() => recovered), []);
      assert.equal(await errors(), served);
    });

    test(`React ${react}: a feature's first view and first click are told`, async () => {
      const token = newToken('feature');
      await world.collector.defineFlag(token, 'beta', BLUE);
      const tab = await visit();
      await tab.evaluate(
        (token, settings) => {
          window.captured = [];
          eager.init(token, settings);
          eager.on('eventCaptured', ({ event, properties }) => captured.push({ event, properties }));
          show('feature', { client: 'eager' });
        },
        token,
        quiet(world, { bootstrap: { featureFlags: { beta: 'blue' } } }),
      );
      await tab.waitFor(() => captured.filter(({ event }) => /view/.test(event)).length === 2);
      await tab.click('#new');
      await tab.click('#new');
      const { captured, pressed } = await tab.evaluate(() => ({ captured, pressed }));
      const events = captured.filter(({ event }) => event !== '$feature_flag_called');
      const told = ({ event, properties: { $set, feature_flag, feature_flag_variant, element_name, a } }) =>
        [event, $set, feature_flag, feature_flag_variant, element_name, a].filter((value) => value !== undefined);
      assert.deepEqual(events.map(told).sort(), [
        ['$element_viewed', 'hero', 1],
        ['$feature_interaction', { '$feature_interaction/beta': 'blue' }, 'beta', 'blue'],
        ['$feature_view', { '$feature_view/beta': 'blue' }, 'beta', 'blue'],
      ]);
      assert.deepEqual(pressed, ['feature', 'feature']);

      await world.collector.defineFlag(token, 'beta', OFF);
      await tab.evaluate(() => eager.reloadFeatureFlags());
      await tab.waitForElement('#fallback');
    });

    test(`React ${react}: an error of rendering is captured with its components`, async () => {
      const token = newToken('error');
      const tab = await visit();
      await tab.evaluate(
        (token, settings) => {
          eager.init(token, settings);
          eager.on('eventCaptured', ({ event, properties }) => (window.captured = { event, properties }));
          show('failing', { client: 'eager' });
        },
        token,
        quiet(world),
      );
      const { event, properties } = await eventually(
        () => tab.evaluate(() => window.captured),
        (captured) => captured?.event === '$exception',
        'the exception',
      );
      assert.equal(event, '$exception');
      assert.equal(properties.where, 'shop');
      const types = properties.$exception_list.map(({ type, value }) => [type, value]);
      assert.deepEqual(types, [
        ['TypeError', 'no acorns'],
        ['React ErrorBoundary TypeError', 'no acorns'],
      ]);
      await tab.click('#mend');
      await tab.waitForElement('#mended');
    });
  }
}, bundle);
