/** The driver interface itself, in the engine named by HOGLET_ENGINE, against one small page. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { ENGINES, open } from './index.js';
import { poll } from './poll.js';
import { descendants } from './processes.js';

const engine = process.env.HOGLET_ENGINE;
if (!ENGINES.includes(engine)) {
  throw new Error(`set HOGLET_ENGINE to one of ${ENGINES.join(', ')}`);
}

describe(`driver: ${engine}`, () => {
  let server;
  let page;
  let browser;
  let tab;

  before(async () => {
    server = await serve();
    page = pageOf(server);
    browser = await open(engine);
    tab = await browser.newTab();
  });

  after(async () => {
    await browser?.close();
    stop(server);
  });

  test('says which engine and version it drives', () => {
    assert.equal(browser.engine, engine);
    assert.match(browser.version(), /\d+\.\d+/);
  });

  test('go, url and reload', async () => {
    await tab.go(page);
    assert.equal(await tab.url(), page);
    await tab.evaluate(() => {
      window.before = true;
    });
    await tab.reload();
    assert.equal(await tab.evaluate(() => window.before === undefined), true);
  });

  test('evaluate carries JSON values both ways and awaits promises', async () => {
    const value = { text: 'ä\ud800"', list: [1, null, true] };
    assert.deepEqual(await tab.evaluate(async (value) => ({ value }), value), { value });
    assert.equal(await tab.evaluate('1 + 1'), 2);
    assert.equal(await tab.evaluate(() => undefined), undefined);
  });

  test('evaluate throws what the script throws', async () => {
    await assert.rejects(
      tab.evaluate(() => {
        throw new TypeError('not today');
      }),
      /in the page: TypeError: not today/,
    );
  });

  test('click and type make trusted events', async () => {
    await tab.go(page);
    await tab.click('#press');
    await tab.type('input', 'hä');
    assert.equal(await tab.evaluate(() => document.querySelector('#press').textContent), 'pressed');
    assert.equal(await tab.evaluate(() => document.querySelector('input').value), 'hä');
    assert.deepEqual(await tab.evaluate(() => window.seen), [true, true, true]);
  });

  test('back, from a page reached by a click, and then reload', async () => {
    await tab.go(page);
    await tab.click('a');
    await tab.waitFor(() => location.search === '?next' && document.readyState === 'complete');
    await tab.back();
    assert.equal(await tab.url(), page);
    await tab.reload();
    assert.equal(await tab.url(), page);
    // By a click: browsers skip entries that a page pushed without one.
    await tab.click('#push');
    assert.equal(new URL(await tab.url()).pathname, '/pushed');
    await tab.back();
    assert.equal(await tab.url(), page);
  });

  test('console collects messages and uncaught errors', async () => {
    await tab.go(page);
    await tab.waitFor(() => document.readyState === 'complete');
    const expected = [
      ['log', /^written while loading 1$/],
      ['warn', /^a warning$/],
      ['error', /^Error: an error value/],
      ['error', /thrown in a timer/],
    ];
    for (const [level, pattern] of expected) {
      const found = (await tab.console()).some((message) => message.level === level && pattern.test(message.text));
      assert.ok(found, `${level} ${pattern} in ${JSON.stringify(await tab.console(), null, 1)}`);
    }
  });

  test('waitFor returns the value', async () => {
    assert.equal(await tab.waitFor((word) => `${word}!`, 'here'), 'here!');
  });

  test('tabs are separate pages of one browser', async () => {
    await tab.go(page);
    await tab.evaluate(() => localStorage.setItem('shared', 'yes'));
    const second = await browser.newTab();
    await second.go(`${page}?second`);
    assert.equal(await second.evaluate(() => localStorage.shared), 'yes');
    assert.equal(await second.evaluate(() => location.search), '?second');
    assert.equal(await tab.evaluate(() => location.search), '');
    await second.close();
    assert.equal(await tab.evaluate(() => location.search), '');
  });

  test('screenshot writes a PNG file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hoglet-screenshot-'));
    const path = join(folder, 'page.png');
    await tab.screenshot(path);
    const bytes = await readFile(path);
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    await rm(folder, { recursive: true });
  });

  test('setOffline cuts the tab off', async (t) => {
    if (!browser.can.setOffline) return t.skip(`${engine} cannot`);
    const answers = () => fetch('/page.html').then(() => true, () => false);
    await tab.go(page);
    await tab.setOffline(true);
    assert.equal(await tab.evaluate(answers), false);
    await tab.setOffline(false);
    assert.equal(await tab.evaluate(answers), true);
  });

  test('throttleCpu slows scripts down', async (t) => {
    if (!browser.can.throttleCpu) return t.skip(`${engine} cannot`);
    const work = () => {
      const start = performance.now();
      let sum = 0;
      for (let i = 0; i < 2e7; i += 1) sum += Math.sqrt(i);
      return performance.now() - start + sum * 0;
    };
    await tab.evaluate(work);
    const usual = await tab.evaluate(work);
    await tab.throttleCpu(20);
    const slowed = await tab.evaluate(work);
    await tab.throttleCpu(1);
    assert.ok(slowed > usual * 3, `${usual} ms became ${slowed} ms`);
  });

  test('inspecting finds layouts that are forced and elements that are held', async (t) => {
    if (!browser.can.inspect) return t.skip(`${engine} cannot`);
    const before = await tab.layouts();
    await tab.evaluate(() => {
      for (let n = 0; n < 5; n += 1) {
        document.body.append(document.createElement('section'));
        document.body.offsetHeight;
      }
    });
    assert.ok((await tab.layouts()) >= before + 5);
    await tab.evaluate(() => {
      window.held = document.querySelector('section');
      for (const section of document.querySelectorAll('section')) section.remove();
    });
    const held = async () => (await tab.detachedElements()).filter((name) => /section/i.test(name)).length;
    assert.equal(await held(), 1);
    await tab.evaluate(() => delete window.held);
    assert.equal(await held(), 0);
  });

  test('killRenderer ends one page and leaves the browser', async (t) => {
    if (!browser.can.killRenderer) return t.skip(`${engine} cannot`);
    const doomed = await browser.newTab();
    await doomed.go(page);
    await doomed.killRenderer();
    await assert.rejects(doomed.evaluate(() => 1));
    const next = await browser.newTab();
    await next.go(page);
    assert.equal(await next.evaluate(() => document.title), 'page');
    await next.close();
  });
});

describe(`driver: ${engine}, opened twice`, () => {
  let server;
  const page = () => pageOf(server);

  before(async () => {
    server = await serve();
  });

  after(() => stop(server));

  test('close and kill leave no process, and a kept profile is there for the next browser', async (t) => {
    const profile = await mkdtemp(join(tmpdir(), 'hoglet-profile-'));
    t.after(() => rm(profile, { recursive: true, maxRetries: 10 }));
    const first = await open(engine, { profile });
    const processes = descendants(process.pid);
    assert.ok(processes.length > 1, 'a browser is several processes');
    const firstTab = await first.newTab();
    await firstTab.go(page());
    await firstTab.evaluate(() => {
      document.cookie = 'kept=yes; max-age=1000';
      localStorage.setItem('kept', 'yes');
    });
    await first.close();

    const second = await open(engine, { profile });
    const secondTab = await second.newTab();
    await secondTab.go(page());
    const processesOfSecond = descendants(process.pid);
    const kept = await secondTab.evaluate(() => [document.cookie, localStorage.kept ?? null]);
    await second.kill();
    assert.deepEqual(kept, second.can.keepProfile ? ['kept=yes', 'yes'] : ['', null]);
    // The last of a browser's processes ends a moment after the browser.
    await poll(
      async () => (await Promise.all([...processes, ...processesOfSecond].map(commandLine))).filter(Boolean),
      (left) => left.length === 0,
      (last) => `processes of a closed browser are left: ${last}`,
    );
  });
});

/** The command line of a running process. One that ended may stay as a zombie, which has none. */
async function commandLine(pid) {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

function pageOf(server) {
  return `http://127.0.0.1:${server.address().port}/page.html`;
}

function stop(server) {
  server.closeAllConnections();
  server.close();
}

async function serve() {
  const files = {
    '/page.html': ['pages/page.html', 'text/html'],
    '/collect-console.js': ['collect-console.js', 'text/javascript'],
  };
  const server = createServer(async (request, response) => {
    const [file, type] = files[new URL(request.url, 'http://x').pathname] ?? [];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', type);
    response.end(await readFile(new URL(file, import.meta.url)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
