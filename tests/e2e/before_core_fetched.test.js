/** The core cannot be fetched, or takes its time, and visitors do not wait for it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { required } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { newToken, suite } from '../support/suite.js';

const PAGE = `<!doctype html><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<script>
  window.thrown = [];
  for (const event of ['error', 'unhandledrejection']) addEventListener(event, () => thrown.push(event));
  window.said = [];
  console.error = (...words) => said.push(words.join(' '));
</script>
<script type="module">import hoglet from '/hoglet-VISIT/index.js'; window.hoglet = hoglet</script>`;

/** A slow 3G network, as DevTools of Chromium has it. */
const SLOW = { latency: 2_000, bytesPerSecond: 50_000 };

/** Sends a script as a slow network would. */
async function sendSlowly(response, script) {
  const body = gzipSync(script);
  response.setHeader('content-encoding', 'gzip');
  await pause(SLOW.latency);
  for (let at = 0; at < body.length; at += SLOW.bytesPerSecond / 10) {
    response.write(body.subarray(at, at + SLOW.bytesPerSecond / 10));
    await pause(100);
  }
  response.end();
}

/**
 * Serves a page and the package, whose core (or what else is `failing`) is answered by `status`, never if that is 0, or as it
 * should be without; and the package as a slow network has it, if `isSlow`.
 */
async function serve() {
  const served = { status: undefined, failing: /\/core[^/]*\.js$/, isSlow: false, asked: 0 };
  // A browser may wait for an answer that it has asked for before: each page has addresses of its own.
  let visits = 0;
  const server = createServer(async ({ url }, response) => {
    const [path] = url.split('?');
    const isPage = !path.startsWith('/hoglet-');
    if (served.failing.test(path) && served.status !== undefined) {
      served.asked += 1;
      if (served.status) response.writeHead(served.status).end();
      return;
    }
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    if (isPage) return response.end(PAGE.replace('VISIT', String((visits += 1))));
    const script = await readFile(join(required('HOGLET_PACKAGE'), path.replace(/^\/hoglet-\d+\//, '')));
    if (served.isSlow) await sendSlowly(response, script);
    else response.end(script);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(served, {
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}

/** In the page: whether the part is there that sends what cannot wait for the core. */
const isPrepared = async () => {
  const part = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/arriving.js'));
  // The entry's own import of it comes first.
  return part !== undefined && (await import(part.name)) !== undefined;
};

suite('before the core is fetched', (world) => {
  /** @param {(site: any, visit: (path: string, ask?: Function) => Promise<any>, token: string) => Promise<void>} action */
  async function onSite(name, config, action) {
    const site = await serve();
    const token = newToken(name);
    try {
      const tab = await world.visit('lazy.html');
      const visit = async (path, ask = () => {}) => {
        await tab.go(site.url + path);
        await tab.waitFor(() => window.hoglet !== undefined);
        await tab.evaluate(
          (token, api_host, config, ask) => {
            hoglet.init(token, {
              api_host, opt_out_useragent_filter: true, autocapture: false, capture_pageleave: false, debug: true,
              advanced_disable_flags: true, load: 'eager', ...config,
            });
            new Function(`(${ask})()`)();
          },
          token,
          world.collector.url,
          config,
          String(ask),
        );
        return tab;
      };
      await action(site, visit, token);
    } finally {
      site.stop();
    }
  }

  for (const status of [404, 500, 0]) {
    test(`its address answers ${status || 'never'}: the next visit delivers, and nothing is thrown`, async () => {
      await onSite(`status_${status}`, { capture_pageview: false }, async (site, visit, token) => {
        site.status = status;
        const tab = await visit('/first?early', () => {
          hoglet.capture('early', { n: 1 });
          hoglet.identify('ann');
        });
        if (status) await tab.waitFor(() => said.some((words) => words.includes('load_failed')));
        assert.deepEqual(await tab.evaluate(() => thrown), []);
        assert.equal(await tab.evaluate(() => hoglet.get_distinct_id()), 'ann');
        if (status) assert.deepEqual(await tab.evaluate(() => hoglet.flush()), { sent: 0, remaining: 1 });
        site.status = undefined;
        await visit('/second');
        const events = await world.collector.delivered(token, 2);
        assert.deepEqual(events.map(({ event }) => event), ['early', '$identify']);
        assert.match(events[0].properties.$current_url, /\/first\?early$/);
        assert.equal(events[1].properties.$anon_distinct_id, events[0].distinct_id);
      });
    });
  }

  for (const load of ['idle', 'interaction']) {
    test(`what fetches the core cannot be fetched itself (load: '${load}'): nothing is thrown`, async () => {
      await onSite(`unprepared_${load}`, { load }, async (site, visit, token) => {
        site.failing = /\/arriving\.js$/;
        site.status = 404;
        const tab = await visit('/first', () => hoglet.capture('early'));
        await eventually(async () => site.asked, (asked) => asked > 0, 'a request for arriving.js');
        // What was not caught is told in a task after the import has failed.
        await tab.evaluate(async () => {
          await import(document.scripts[1].text.match(/'(.*)index/)[1] + 'arriving.js').catch(() => {});
          await new Promise((resolve) => setTimeout(resolve));
        });
        assert.deepEqual(await tab.evaluate(() => thrown), []);
        assert.equal(await tab.evaluate(() => hoglet.flagsReady(1)), false);
        assert.deepEqual(await tab.evaluate(() => thrown), []);
        site.status = undefined;
        await visit('/second', () => hoglet.load());
        await world.collector.delivered(token, 1);
      });
    });
  }

  test('on slow 3G the page answers at once, and the core makes the calls when it has come', async () => {
    await onSite('slow', { capture_pageview: false }, async (site, visit, token) => {
      site.isSlow = true;
      const tab = await visit('/slow', () => {
        hoglet.capture('early');
        window.id = hoglet.get_distinct_id();
        window.asked = Date.now();
        hoglet.ready.then(() => (window.came = Date.now()));
      });
      assert.equal(await tab.evaluate(() => window.came ?? 'not yet'), 'not yet');
      await tab.evaluate(() => hoglet.ready.then(() => hoglet.flush()));
      const [event] = await world.collector.delivered(token, 1);
      const { id, asked, came } = await tab.evaluate(() => ({ id, asked, came }));
      assert.ok(came - asked > SLOW.latency, `the core came after ${came - asked} ms`);
      assert.equal(event.distinct_id, id);
      assert.ok(Date.parse(event.timestamp) <= asked);
      assert.deepEqual(await tab.evaluate(() => thrown), []);
    });
  });

  for (const load of ['eager', 'idle', 'interaction']) {
    test(`a bounce with load: '${load}' is counted: sent as the page is left, and the next visit sends the same event`, async () => {
      await onSite('bounce', { load }, async (site, visit, token) => {
        site.status = 0;
        const tab = await visit('/landing?secret=1#part');
        await tab.waitFor(isPrepared);
        const id = await tab.evaluate(() => hoglet.get_distinct_id());
        await tab.go(`${site.url}/away`);
        const [sent] = await world.collector.delivered(token, 1);
        assert.deepEqual(
          [sent.event, sent.distinct_id, sent.properties.$current_url],
          ['$pageview', id, `${site.url}/landing`],
        );
        site.status = undefined;
        const back = await visit('/back');
        // Else it would wait for a visitor who touches something.
        await back.evaluate(() => void hoglet.load());
        const receipts = await eventually(
          () => world.collector.receipts({ token }),
          (receipts) => receipts.filter(({ event }) => event === '$pageview').length === 3,
          'the same pageview again, and that of this page',
        );
        const again = receipts.filter(({ uuid }) => uuid === sent.uuid);
        assert.equal(again.length, 2);
        const events = await world.collector.events({ token });
        assert.equal(events.length, 2);
        assert.deepEqual([...new Set(events.map(({ distinct_id }) => distinct_id))], [id]);
      });
    });
  }

  for (const [what, config, path] of [
    ['hooks have to see it', { property_denylist: ['$host'] }, '/landing'],
    ['its path may be personal', {}, '/users/ann%40example.com'],
    ['the visitor is not to be recognised', { persistence: 'memory' }, '/landing'],
  ]) {
    test(`of a bounce nothing is sent where ${what}`, async () => {
      await onSite('held', config, async (site, visit, token) => {
        site.status = 0;
        const tab = await visit(path);
        await tab.waitFor(isPrepared);
        await tab.go(`${site.url}/away`);
        await tab.go(`${site.url}/away`);
        assert.deepEqual(await world.collector.requests({ token }), []);
      });
    });
  }
});
