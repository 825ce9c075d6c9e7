/** On a repeat visit a flag decides what the first paint shows, whenever the server answers, and nothing is painted twice. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

const LATE = { path: '/flags', delay_ms: 2_000 };
const NEVER = { path: '/flags', delay_ms: 600_000 };
/** Longer than any test takes: the request is not given up meanwhile. */
const PATIENT = { feature_flag_request_timeout_ms: 500_000 };

const [OLD, NEW] = ['the old page', 'the new page'];

/** Visits of which the median is printed. */
const ROUNDS = 5;

suite('flags at first paint', (world) => {
  async function visit(tab, token, settings, more) {
    const query = new URLSearchParams({ token, settings: JSON.stringify(settings ?? {}), ...more });
    await tab.go(world.page(`first_paint.html?${query}`));
    await tab.waitFor(() => shown.length > 0);
    await tab.evaluate('painted()');
  }

  /** A visitor who has been here before, when the flag was on. */
  async function returning(name) {
    const token = newToken(name);
    const tab = await world.visit('eager.html');
    await world.collector.defineFlag(token, 'redesign');
    await visit(tab, token);
    await tab.waitFor(() => window.isFresh);
    return { token, tab };
  }

  /** What was painted, in its order. */
  const seen = (tab) => tab.evaluate(() => shown.map(({ text }) => text));

  test('the frames are watched: what a flag changes after the first paint is seen', async () => {
    const tab = await world.visit('eager.html');
    await world.collector.faults([NEVER]);
    await visit(tab, newToken('watched'), PATIENT);
    assert.deepEqual(await seen(tab), [OLD]);
    await tab.evaluate(async () => {
      hoglet.updateFlags({ redesign: true });
      await painted();
      hoglet.updateFlags({ redesign: false });
      await painted();
    });
    assert.deepEqual(await seen(tab), [OLD, NEW, OLD]);
  });

  test('the server never answers: the first paint is what it was last time', async () => {
    const { token, tab } = await returning('never');
    await world.collector.faults([NEVER]);
    await visit(tab, token, PATIENT);
    assert.deepEqual(await seen(tab), [NEW]);
    assert.deepEqual(await tab.evaluate('heard'), ['cache']);
    assert.equal(await tab.evaluate(() => hoglet.getFeatureFlag('redesign', { fresh: true }) === undefined), true);
    const [rendered, painted] = await tab.evaluate(async () => [renderedAt, await firstPaint()]);
    // Browsers round their times to a millisecond.
    assert.ok(painted >= rendered - 1, `something was painted after ${painted} ms, before the app rendered after ${rendered} ms`);
  });

  test('the server cannot be reached: the same', async () => {
    const { token, tab } = await returning('down');
    await world.collector.faults([{ path: '/flags', down: true }]);
    await visit(tab, token);
    await tab.waitFor(() => window.isFresh === false);
    await tab.evaluate('painted()');
    assert.deepEqual(await seen(tab), [NEW]);
    assert.deepEqual(await tab.evaluate('heard'), ['cache']);
  });

  test('the server answers the same after 2 seconds: nothing is painted again', async () => {
    const { token, tab } = await returning('late');
    await world.collector.faults([LATE]);
    await visit(tab, token, PATIENT);
    await tab.waitFor(() => window.isFresh);
    await tab.evaluate('painted()');
    assert.deepEqual(await seen(tab), [NEW]);
    assert.deepEqual(await tab.evaluate('heard'), ['cache'], 'who listens is told once');
    assert.equal(await tab.evaluate(() => hoglet.getFeatureFlag('redesign', { fresh: true })), true);
  });

  test('the server answers something else after 2 seconds: the app hears of it, and what it then renders stays', async () => {
    const { token, tab } = await returning('changed');
    await world.collector.defineFlag(token, 'redesign', { active: true, filters: { groups: [{ properties: [], rollout_percentage: 0 }] } });
    await world.collector.faults([LATE]);
    await visit(tab, token, PATIENT);
    await tab.waitFor(() => window.isFresh);
    await tab.evaluate('painted()');
    assert.deepEqual(await seen(tab), [NEW, OLD]);
    assert.deepEqual(await tab.evaluate('heard'), ['cache', 'server']);
    await world.collector.faults([NEVER]);
    await visit(tab, token, PATIENT);
    assert.deepEqual(await seen(tab), [OLD], 'on the next visit from the first paint on');
  });

  test('a first visit with bootstrap: the first paint is right, and stays', async () => {
    const token = newToken('bootstrap');
    const tab = await world.visit('eager.html');
    await world.collector.defineFlag(token, 'redesign');
    await world.collector.faults([NEVER]);
    await visit(tab, token, { ...PATIENT, bootstrap: { featureFlags: { redesign: true } } });
    assert.deepEqual(await seen(tab), [NEW]);
    assert.deepEqual(await tab.evaluate('heard'), ['bootstrap']);
    await world.collector.clearFaults();
    const status = await tab.evaluate(() => hoglet.featureFlags.reloadFeatureFlagsAsync().then(({ status }) => status));
    assert.equal(status, 'loaded');
    await tab.evaluate('painted()');
    assert.deepEqual(await seen(tab), [NEW]);
    assert.deepEqual(await tab.evaluate('heard'), ['bootstrap'], 'the same values are told once');
  });

  test('an override of an earlier page holds from the first paint on', async () => {
    const { token, tab } = await returning('override');
    await tab.evaluate(() => hoglet.featureFlags.overrideFeatureFlags({ redesign: false }));
    await world.collector.faults([NEVER]);
    await visit(tab, token, PATIENT);
    assert.deepEqual(await seen(tab), [OLD]);
  });

  test('how long the first paint takes', async (context) => {
    const { token, tab } = await returning('time');
    await world.collector.faults([NEVER]);
    const times = { 'with a flag': [], 'without flags': [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      await visit(tab, token, PATIENT);
      assert.deepEqual(await seen(tab), [NEW]);
      times['with a flag'].push(await tab.evaluate('firstPaint()'));
      await visit(tab, token, { advanced_disable_flags: true }, { plain: '' });
      times['without flags'].push(await tab.evaluate('firstPaint()'));
    }
    for (const [name, values] of Object.entries(times)) {
      const sorted = values.toSorted((one, other) => one - other).map(Math.round);
      context.diagnostic(`first paint ${name}: ${sorted[(ROUNDS - 1) / 2]} ms (${sorted[0]} to ${sorted.at(-1)})`);
    }
  });
}, undefined, only('lazy', 'eager'));
