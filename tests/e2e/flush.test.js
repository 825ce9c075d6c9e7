/** What the app learns of delivery: what flush and shutdown answer, and what listeners are told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { init, initAndLoad, newToken, suite } from '../support/suite.js';

/** An interval that no test lives to see the end of, in milliseconds: what is sent is sent for another reason. */
const NEVER = 60_000;

suite('flush', (world) => {
  test('flush tells what was sent and what remains', async () => {
    const token = newToken('sent');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    const nothing = { sent: 0, remaining: 0 };
    assert.deepEqual(await tab.evaluate(() => hoglet.flush()), nothing);
    const [one, other] = await tab.evaluate(() => {
      hoglet.capture('one');
      hoglet.capture('two');
      return Promise.all([hoglet.flush(), hoglet.flush()]);
    });
    assert.deepEqual([one, other], [{ sent: 2, remaining: 0 }, { sent: 2, remaining: 0 }]);
    assert.deepEqual(await tab.evaluate(() => hoglet.flush()), nothing);
    await world.collector.delivered(token, 2);
  });

  test('flush before the core is there answers when all of it is sent', async () => {
    const token = newToken('early');
    const tab = await world.visit('lazy.html');
    await init(tab, token, { batch_interval: NEVER });
    const result = await tab.evaluate(() => {
      hoglet.capture('early');
      return hoglet.flush();
    });
    assert.deepEqual(result, { sent: 1, remaining: 0 });
    await world.collector.delivered(token, 1);
  });

  test('flush and shutdown answer where there is nothing to deliver to', async () => {
    const tab = await world.visit('eager.html');
    const results = await tab.evaluate(() => Promise.all([hoglet.flush(), hoglet.shutdown()]));
    assert.deepEqual(results, [{ sent: 0, remaining: 0 }, { sent: 0, remaining: 0 }]);
  });

  test('with the server down flush answers after one try, and listeners hear of the next', async () => {
    const token = newToken('down');
    await world.collector.faults([{ path: '/e/', status: 503, times: 1 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    const result = await tab.evaluate(() => {
      window.heard = [];
      for (const event of ['retrying', 'delivered', 'dropped']) {
        hoglet.on(event, (...details) => heard.push([event, ...details]));
      }
      hoglet.capture('one');
      hoglet.capture('two');
      return hoglet.flush();
    });
    assert.deepEqual(result, { sent: 0, remaining: 2 });
    await world.collector.delivered(token, 2);
    await tab.waitFor(() => heard.length === 2);
    const [[retrying, waiting, wait], ...delivered] = await tab.evaluate(() => heard);
    assert.deepEqual([retrying, waiting], ['retrying', 2]);
    assert.ok(wait > 0 && wait < NEVER, `${wait} ms`);
    assert.deepEqual(delivered, [['delivered', 2]]);
  });

  test('listeners hear of events that are given up, and why', async () => {
    const token = newToken('dropped');
    await world.collector.faults([{ path: '/e/', status: 400, times: 1 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    const result = await tab.evaluate(() => {
      window.heard = [];
      hoglet.on('dropped', (...details) => heard.push(details));
      hoglet.capture('refused');
      return hoglet.flush();
    });
    // What remains is the event by which the server hears of it.
    assert.deepEqual(result, { sent: 0, remaining: 1 });
    assert.deepEqual(await tab.evaluate(() => heard), [[1, 'refused']]);
    assert.deepEqual(await tab.evaluate(() => hoglet.flush()), { sent: 1, remaining: 0 });
  });

  test('shutdown waits for the server no longer than it is told, and the next page delivers', async () => {
    const token = newToken('patience');
    await world.collector.faults([{ path: '/e/', status: 503, delay_ms: 3_000 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    const { result, loaded, took } = await tab.evaluate(async () => {
      hoglet.capture('one');
      hoglet.capture('two');
      const start = performance.now();
      const over = hoglet.shutdown(100);
      const loaded = hoglet.__loaded;
      return { result: await over, loaded, took: performance.now() - start };
    });
    assert.equal(loaded, false, 'the client is gone at once');
    assert.deepEqual(result, { sent: 0, remaining: 2 });
    assert.ok(took < 3_000, `${took} ms`);
    await world.collector.clearFaults();
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token);
    await world.collector.delivered(token, 2);
  });
});
