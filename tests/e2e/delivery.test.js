/** How events get to the server: in which batches, in what form, and what happens when it does not work at once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

/** An interval that no test lives to see the end of, in milliseconds: what is sent is sent for another reason. */
const NEVER = 60_000;

suite('delivery', (world) => {
  test('batch_size events make a request, and no fewer', async () => {
    const token = newToken('count');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 4, batch_interval: NEVER });
    await capture(tab, 9);
    await world.collector.delivered(token, 8);
    assert.deepEqual(await batches(world, token), [4, 4]);
    assert.equal(await tab.evaluate(() => hoglet._events_queue.length), 1);
  });

  test('an event waits no longer than batch_interval', async () => {
    const token = newToken('time');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 100, batch_interval: 300 });
    await capture(tab, 3);
    await world.collector.delivered(token, 3);
    assert.deepEqual(await batches(world, token), [3]);
    const [{ received_at, timestamp }] = await world.collector.events({ token });
    const waited = Date.parse(received_at) - Date.parse(timestamp);
    assert.ok(waited >= 300, `it waited for company only ${waited} ms`);
  });

  test('set_config changes batch_size and batch_interval later, and before the core is there', async () => {
    const token = newToken('changes');
    const tab = await world.visit('lazy.html');
    await init(tab, token, { batch_size: 50, batch_interval: NEVER });
    await tab.evaluate(() => hoglet.set_config({ batch_size: 2 }));
    await tab.evaluate(() => hoglet.load?.());
    await capture(tab, 2);
    await world.collector.delivered(token, 2);

    await tab.evaluate(() => hoglet.set_config({ batch_size: 100 }));
    await capture(tab, 3);
    assert.equal(await tab.evaluate(() => hoglet._events_queue.length), 3);
    await tab.evaluate(() => hoglet.set_config({ batch_interval: 50 }));
    await world.collector.delivered(token, 5);
    assert.deepEqual(await batches(world, token), [2, 3]);
    assert.deepEqual(
      await tab.evaluate(() => [hoglet.config.batch_size, hoglet.config.batch_interval]),
      [100, 50],
    );
  });

  test('a setting out of range is refused and the rest is taken', async () => {
    const token = newToken('range');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 0, batch_interval: 'soon', cookie_expiration: 7 });
    const config = await tab.evaluate(() => hoglet.config);
    assert.deepEqual([config.batch_size, config.batch_interval, config.cookie_expiration], [100, 3000, 7]);
  });

  test('flush sends what waits; with nothing waiting it sends nothing', async () => {
    const token = newToken('flush');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    await tab.evaluate(() => hoglet.flush());
    await capture(tab, 2);
    await tab.evaluate(() => hoglet.flush());
    await world.collector.delivered(token, 2);
    await tab.evaluate(() => hoglet.flush());
    await capture(tab, 1);
    await tab.evaluate(() => hoglet.flush());
    await world.collector.delivered(token, 3);
    assert.deepEqual(await batches(world, token), [2, 1]);
  });

  test('an event with send_instantly does not wait', async () => {
    const token = newToken('instantly');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    await tab.evaluate(() => {
      hoglet.capture('now', {}, { send_instantly: true });
    });
    await world.collector.delivered(token, 1);
  });

  test('a request is gzip in text/plain to the endpoint', async () => {
    const token = newToken('gzip');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 20, endpoint: '/i/v0/e/' });
    await capture(tab, 20);
    await world.collector.delivered(token, 20);
    const [request, ...others] = await world.collector.requests({ token });
    assert.deepEqual(others, []);
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/i/v0/e/');
    assert.equal(request.query ?? '', '');
    assert.match(request.content_type, /^text\/plain/);
    assert.equal(request.compression, 'gzip');
    assert.equal(request.content_encoding, null);
    assert.ok(request.bytes < request.decoded_bytes / 3, `${request.decoded_bytes} bytes became ${request.bytes}`);
  });

  test('disable_compression sends JSON as it is', async () => {
    const token = newToken('plain');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 2, disable_compression: true });
    await capture(tab, 2);
    await world.collector.delivered(token, 2);
    const [request, ...others] = await world.collector.requests({ token });
    assert.deepEqual(others, []);
    assert.equal(request.compression, 'none');
    assert.equal(request.bytes, request.decoded_bytes);
    assert.match(request.content_type, /^text\/plain/);
  });

  test('after 503 the same events come again, counted, and stamped anew', async () => {
    const token = newToken('retry');
    await world.collector.faults([{ path: '/e/', status: 503, times: 2 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 3 });
    const uuids = await capture(tab, 3);
    const events = await world.collector.delivered(token, 3);
    assert.deepEqual(events.map(({ uuid }) => uuid), uuids);

    const requests = await world.collector.requests({ token });
    assert.deepEqual(
      requests.map(({ status, retry_count, events }) => [status, retry_count, events]),
      [
        [503, null, 3],
        [503, 1, 3],
        [200, 2, 3],
      ],
    );
    const receipts = await world.collector.receipts({ token });
    assert.deepEqual(receipts.map(({ uuid }) => uuid), [...uuids, ...uuids, ...uuids]);

    // The server corrects a timestamp by the difference between its clock and `sent_at`. Had the first
    // attempt's `sent_at` come again, the correction would be as long as the retries took.
    const took = Date.parse(requests[2].received_at) - Date.parse(requests[0].received_at);
    const corrected = Date.parse(events[0].corrected_timestamp) - Date.parse(events[0].timestamp);
    assert.ok(Math.abs(corrected) < took / 2, `corrected by ${corrected} ms; the retries took ${took} ms`);
  });

  test('events captured during the rest wait their turn', async () => {
    const token = newToken('turn');
    await world.collector.faults([{ path: '/e/', status: 503, times: 1 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 2, batch_interval: 50 });
    await capture(tab, 2, 'first');
    await eventually(
      () => world.collector.requests({ token }),
      (requests) => requests.length > 0,
      'the first attempt',
    );
    await capture(tab, 2, 'second');
    const events = await world.collector.delivered(token, 4);
    assert.deepEqual(events.map(({ event }) => event), ['first 0', 'first 1', 'second 0', 'second 1']);
  });

  for (const status of [429, 503]) {
    test(`${status} with Retry-After is tried again, and not earlier than asked`, async () => {
      const token = newToken(`retryafter${status}`);
      await world.collector.faults([{ path: '/e/', status, retry_after: '3', times: 1 }]);
      const tab = await world.visit('lazy.html');
      await initAndLoad(tab, token, { batch_size: 1 });
      await capture(tab, 1);
      await world.collector.delivered(token, 1);
      const [refused, taken] = await world.collector.requests({ token });
      assert.deepEqual([refused.status, taken.status], [status, 200]);
      const rest = Date.parse(taken.received_at) - Date.parse(refused.received_at);
      assert.ok(rest >= 3000, `it was tried again after ${rest} ms`);
    });
  }

  test('a status that no retry can mend is not tried again, and costs no other event', async () => {
    const token = newToken('refused');
    await world.collector.faults([{ path: '/e/', status: 400, times: 1 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 1 });
    await capture(tab, 1, 'refused');
    const [warning] = await world.collector.delivered(token, 1);
    assert.equal(warning.event, '$$client_ingestion_warning');
    assert.deepEqual(warning.properties.$dropped_events, { refused: 1 });
    await capture(tab, 1, 'taken');
    const [, taken] = await world.collector.delivered(token, 2);
    assert.equal(taken.event, 'taken 0');
    const requests = await world.collector.requests({ token });
    assert.deepEqual(requests.map(({ status }) => status), [400, 200, 200]);
  });

  for (const reset of ['before', 'body']) {
    test(`a connection cut (${reset}) loses nothing`, async () => {
      const token = newToken(`reset${reset}`);
      await world.collector.faults([{ path: '/e/', reset, times: 1 }]);
      const tab = await world.visit('lazy.html');
      await initAndLoad(tab, token, { batch_size: 5 });
      const uuids = await capture(tab, 5);
      const events = await world.collector.delivered(token, 5);
      assert.deepEqual(events.map(({ uuid }) => uuid), uuids);
    });
  }

  for (const fault of [{ status: 503 }, { reset: 'body' }]) {
    test(`stored events whose answer is lost (${Object.values(fault)}) come again with the same ids`, async () => {
      const token = newToken('again');
      await world.collector.faults([{ path: '/e/', ...fault, after_commit: true, times: 1 }]);
      const tab = await world.visit('lazy.html');
      await initAndLoad(tab, token, { batch_size: 2 });
      const uuids = await capture(tab, 2);
      const receipts = await eventually(
        () => world.collector.receipts({ token }),
        (receipts) => receipts.length >= 4,
        'the same events again',
      );
      assert.deepEqual(receipts.map(({ uuid }) => uuid), [...uuids, ...uuids]);
      const events = await world.collector.events({ token });
      assert.deepEqual(events.map(({ uuid }) => uuid), uuids);
      await tab.waitFor(() => hoglet._events_queue.length === 0);
    });
  }

  test('an answer that breaks off loses nothing and doubles nothing', async () => {
    const token = newToken('brokenanswer');
    await world.collector.faults([{ path: '/e/', reset: 'response', after_commit: true, times: 1 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_size: 2 });
    const uuids = await capture(tab, 2);
    await tab.waitFor(() => hoglet._events_queue.length === 0);
    const events = await world.collector.events({ token });
    assert.deepEqual(events.map(({ uuid }) => uuid), uuids);
  });

  test('a thousand captures in one task arrive, in order and once', async () => {
    const token = newToken('thousand');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const uuids = await capture(tab, 1000);
    const events = await world.collector.delivered(token, 1000);
    assert.deepEqual(events.map(({ uuid }) => uuid), uuids);
    assert.equal(Math.max(...(await batches(world, token))), 100);
  });

  test('what waits when the visitor leaves the page arrives', async () => {
    const token = newToken('leave');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    await capture(tab, 5);
    await tab.evaluate(() => {
      document.querySelector('#away').addEventListener('click', () => hoglet.capture('clicked'));
      addEventListener('pagehide', () => hoglet.capture('left'));
    });
    await tab.click('#away');
    await tab.waitFor(() => location.pathname === '/away.html');
    const events = await world.collector.delivered(token, 7);
    // At the end several requests may be under way at once, and overtake each other.
    assert.deepEqual(
      events.map(({ event }) => event).sort(),
      ['clicked', 'event 0', 'event 1', 'event 2', 'event 3', 'event 4', 'left'],
    );
  });

  test('a page that is prerendered stores and sends nothing until it is seen', async () => {
    const token = newToken('prerendered');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(() => Object.defineProperty(document, 'prerendering', { value: true, configurable: true }));
    await initAndLoad(tab, token, { batch_size: 1 });
    const uuids = await capture(tab, 2);
    const stored = await tab.evaluate((token) => Object.keys(localStorage).filter((key) => key.includes(token)), token);
    assert.deepEqual(stored, []);
    assert.deepEqual(await world.collector.requests({ token }), []);
    await tab.evaluate(() => {
      Object.defineProperty(document, 'prerendering', { value: false });
      document.dispatchEvent(new Event('prerenderingchange'));
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ uuid }) => uuid), uuids);
  });

  test('what waits when the tab is closed arrives', async () => {
    const token = newToken('close');
    const tab = await world.browser.newTab();
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token, { batch_interval: NEVER });
    await capture(tab, 5);
    const other = await world.visit('lazy.html');
    await tab.close();
    await world.collector.delivered(token, 5);
    await other.evaluate(() => document.title);
  });
});

/** Captures so many events in one task and returns their ids. */
function capture(tab, count, name = 'event') {
  return tab.evaluate(
    (count, name) => Array.from({ length: count }, (_, i) => hoglet.capture(`${name} ${i}`, { i })?.uuid),
    count,
    name,
  );
}

/** How many events each accepted request carried. */
async function batches(world, token) {
  const requests = await world.collector.requests({ token });
  return requests.filter(({ status }) => status === 200).map(({ events }) => events);
}
