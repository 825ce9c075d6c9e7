/** What the app's server and the page tell each other of the visitor: a cookie one way, headers the other. */

import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

const IDENTITY_COOKIE = { identity_cookie: 'ph_distinct_id' };

suite('server identity', (world) => {
  async function setCookie(tab, value) {
    await tab.evaluate((value) => {
      document.cookie = `ph_distinct_id=${encodeURIComponent(value)}; path=/`;
    }, value);
  }

  async function visitAgain(tab, token) {
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token, IDENTITY_COOKIE);
    await tab.evaluate(() => hoglet.flush());
    return tab.evaluate(() => hoglet.get_distinct_id());
  }

  test('identity_cookie identifies at init, once, and again when the server names another user', async () => {
    const token = newToken('cookie');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, IDENTITY_COOKIE);
    const anonymous = await tab.evaluate(() => hoglet.get_distinct_id());
    assert.match(anonymous, /^[0-9a-f-]{36}$/, 'without the cookie nobody is identified');

    await setCookie(tab, 'ada@example.com');
    assert.equal(await visitAgain(tab, token), 'ada@example.com');
    const [identify] = await world.collector.delivered(token, 1);
    assert.equal(identify.event, '$identify');
    assert.equal(identify.distinct_id, 'ada@example.com');
    assert.equal(identify.properties.$anon_distinct_id, anonymous);

    assert.equal(await visitAgain(tab, token), 'ada@example.com');
    await setCookie(tab, 'grace@example.com');
    assert.equal(await visitAgain(tab, token), 'grace@example.com');
    await tab.evaluate(() => {
      hoglet.capture('captured');
      hoglet.flush();
    });
    const [, captured] = await world.collector.delivered(token, 2);
    assert.equal(captured.distinct_id, 'grace@example.com');
    const persons = await world.collector.persons({ token });
    assert.equal(persons.length, 2, 'two users do not become one person');
  });

  test('an identity_cookie that can be nobody is ignored', async () => {
    const token = newToken('nobody');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, IDENTITY_COOKIE);
    const anonymous = await tab.evaluate(() => hoglet.get_distinct_id());
    for (const value of ['', ' ', 'null', 'undefined']) {
      await setCookie(tab, value);
      assert.equal(await visitAgain(tab, token), anonymous, JSON.stringify(value));
    }
  });

  /** The app's server: it answers `/echo` with the headers that it got, and has the collector answer the rest. */
  let server;
  /** The headers that came with events. */
  const ofEvents = [];
  before(async () => {
    server = createServer((incoming, answer) => {
      const { method, url, headers } = incoming;
      if (url.startsWith('/echo')) {
        answer.writeHead(200, {
          'access-control-allow-origin': '*',
          'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
          'content-type': 'application/json',
        });
        answer.end(JSON.stringify(headers));
        return;
      }
      if (url.startsWith('/e/')) ofEvents.push(headers);
      const passed = request(new URL(url, world.collector.url), { method, headers }, (response) => {
        answer.writeHead(response.statusCode, response.headers);
        response.pipe(answer);
      });
      incoming.pipe(passed);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const at = (host, path) => `http://${host}:${server.address().port}/${path}`;

  /** A page of the app's server with a running client, once its wrappers are in place. */
  async function traced(token, tracing_headers) {
    const tab = await world.visit('lazy.html');
    await tab.go(at('127.0.0.1', 'lazy.html'));
    await tab.waitFor(() => window.hoglet !== undefined);
    await tab.evaluate(() => {
      window.originalFetch = fetch;
    });
    await initAndLoad(tab, token, { tracing_headers });
    await tab.waitFor(() => fetch !== originalFetch);
    return tab;
  }

  /** What arrives of the tracing headers of the app's own requests: by fetch, by fetch with a Request, by XHR. */
  async function arriving(tab, url) {
    const received = await tab.evaluate(async (url) => {
      const byXhr = () =>
        new Promise((resolve, reject) => {
          const xhr = new XMLHttpRequest();
          xhr.open('GET', url);
          xhr.setRequestHeader('x-own', 'own');
          xhr.onload = () => resolve(JSON.parse(xhr.responseText));
          xhr.onerror = () => reject(new Error('the request failed'));
          xhr.send();
        });
      const headers = { 'x-own': 'own' };
      return [
        await (await fetch(url, { headers })).json(),
        await (await fetch(new Request(url, { headers: new Headers(headers) }))).json(),
        await byXhr(),
      ];
    }, url);
    for (const headers of received) assert.equal(headers['x-own'], 'own', "the app's own header");
    return received.map((headers) => tracing(headers));
  }

  const tracing = (headers) =>
    ['distinct', 'session', 'window'].map((name) => headers[`x-posthog-${name}-id`] ?? null);
  const NONE = [null, null, null];

  test('tracing_headers tell listed hosts who the visitor is, and no others', async () => {
    const token = newToken('listed');
    const tab = await traced(token, ['localhost']);
    await tab.evaluate(() => hoglet.identify('ada@example.com'));
    const ids = await tab.evaluate(() => {
      const { sessionId, windowId } = hoglet.sessionManager.checkAndGetSessionAndWindowId();
      return [hoglet.get_distinct_id(), sessionId, windowId];
    });
    assert.equal(ids[0], 'ada@example.com');
    assert.deepEqual(await arriving(tab, at('localhost', 'echo')), [ids, ids, ids]);
    assert.deepEqual(await arriving(tab, at('127.0.0.1', 'echo')), [NONE, NONE, NONE]);
  });

  test("tracing_headers: true is for the page's own origin, but hoglet's own requests go without", async () => {
    const token = newToken('own');
    const tab = await traced(token, true);
    const ids = await tab.evaluate(() => {
      hoglet.capture('captured');
      const { sessionId, windowId } = hoglet.sessionManager.checkAndGetSessionAndWindowId();
      return [hoglet.get_distinct_id(), sessionId, windowId];
    });
    assert.deepEqual(await arriving(tab, '/echo'), [ids, ids, ids]);
    assert.deepEqual(await arriving(tab, at('localhost', 'echo')), [NONE, NONE, NONE]);

    ofEvents.length = 0;
    await tab.evaluate(() => hoglet.flush());
    const [event] = await world.collector.delivered(token, 1);
    assert.deepEqual([event.distinct_id, event.session_id, event.window_id], ids, 'the server hears what events say');
    assert.deepEqual(ofEvents.map(tracing), [NONE]);
  });

  test('who has refused is told to nobody', async () => {
    const token = newToken('refused');
    const tab = await traced(token, true);
    await tab.evaluate(() => hoglet.opt_out_capturing());
    assert.deepEqual(await arriving(tab, '/echo'), [NONE, NONE, NONE]);
  });

  test('after shutdown no request carries tracing headers, and fetch is the original', async () => {
    const token = newToken('ended');
    const tab = await traced(token, true);
    await tab.evaluate(() => hoglet.shutdown());
    assert.deepEqual(await arriving(tab, '/echo'), [NONE, NONE, NONE]);
    assert.equal(await tab.evaluate(() => fetch === originalFetch), true);
  });

  test('without tracing_headers nothing is wrapped', async () => {
    const token = newToken('off');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(() => {
      window.originals = [fetch, XMLHttpRequest.prototype.open];
    });
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.capture('captured');
      hoglet.flush();
    });
    await world.collector.delivered(token, 1);
    assert.deepEqual(
      await tab.evaluate(() => [fetch === originals[0], XMLHttpRequest.prototype.open === originals[1]]),
      [true, true],
    );
  });
});
