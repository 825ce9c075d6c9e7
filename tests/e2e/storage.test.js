/** What the browser keeps of a visitor, however little it lets us keep: events are captured and sent all the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

suite('storage', (world) => {
  /** A visitor who is identified and gets a property; both events arrive. */
  async function become(tab, token, id) {
    await tab.evaluate((id) => {
      hoglet.identify(id);
      hoglet.register({ theme: 'dark' });
      hoglet.capture('captured');
      hoglet.flush();
    }, id);
    const [identify, captured] = await world.collector.delivered(token, 2);
    assert.deepEqual([identify.event, captured.event], ['$identify', 'captured']);
    assert.deepEqual([captured.distinct_id, captured.properties.theme], [id, 'dark']);
  }

  /** Who the visitor is, and the property that they got. */
  async function known(tab) {
    return tab.evaluate(() => [hoglet.get_distinct_id(), hoglet.get_property('theme')]);
  }

  async function reloaded(tab, token, config) {
    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token, config);
  }

  const remembering = [
    'localStorage=throws',
    'localStorage=denied',
    'localStorage=missing&sessionStorage=missing',
    'sessionStorage=throws',
    'sessionStorage=denied',
    'cookie=ignored',
    'localStorage=denied&sessionStorage=denied',
    'sessionStorage=throws&cookie=ignored',
  ];
  for (const limits of remembering) {
    test(`with ${limits} the visitor is remembered by what is left`, async () => {
      const token = newToken('limited');
      const tab = await world.visit(`limited.html?${limits}`);
      await initAndLoad(tab, token);
      await become(tab, token, 'ada');
      await reloaded(tab, token);
      assert.deepEqual(await known(tab), ['ada', 'dark']);
    });
  }

  for (const limit of ['throws', 'denied']) {
    test(`where every storage ${limit}, visitors are known as long as the page lasts`, async () => {
      const token = newToken('nothing');
      const tab = await world.visit(
        `limited.html?localStorage=${limit}&sessionStorage=${limit}&cookie=${limit === 'denied' ? limit : 'ignored'}`,
      );
      await initAndLoad(tab, token);
      await become(tab, token, 'ada');
      await reloaded(tab, token);
      const [id, theme] = await known(tab);
      assert.match(id, /^[0-9a-f-]{36}$/);
      assert.equal(theme, null);
    });
  }

  test('a full localStorage costs no event, no identity and nothing of the app', async () => {
    const token = newToken('full');
    const tab = await world.visit('lazy.html');
    const before = await fill(tab);
    assert.equal(before, 'QuotaExceededError', 'it is full');
    await initAndLoad(tab, token);
    await become(tab, token, 'ada');
    const { attempt, size } = await tab.evaluate(() => {
      const size = localStorage.getItem('app').length;
      try {
        localStorage.setItem('small', 'value');
        return { attempt: 'stored', size };
      } catch (error) {
        return { attempt: error.name, size };
      }
    });
    assert.equal(attempt, before, 'the app is told as it was without hoglet');
    assert.ok(size > 1_000_000, `the app's own is still there: ${size} characters`);
    await reloaded(tab, token);
    assert.deepEqual(await known(tab), ['ada', 'dark']);
    assert.equal(await tab.evaluate(() => localStorage.getItem('app').length), size);

    const free = await tab.evaluate(() => {
      localStorage.removeItem('app');
      localStorage.setItem('small', 'value');
      const value = localStorage.getItem('small');
      localStorage.clear();
      return value;
    });
    assert.equal(free, 'value');
  });

  test('a visitor who is known is not lost when localStorage fills up', async () => {
    const token = newToken('filled');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await become(tab, token, 'ada');
    await fill(tab);
    await tab.evaluate(() => hoglet.register({ theme: 'light', long: 'x'.repeat(1000) }));
    await tab.evaluate(() => {
      hoglet.capture('later');
      hoglet.flush();
    });
    const [, , later] = await world.collector.delivered(token, 3);
    assert.deepEqual([later.distinct_id, later.properties.theme], ['ada', 'light']);
    await reloaded(tab, token);
    assert.deepEqual(await known(tab), ['ada', 'light']);
    await tab.evaluate(() => localStorage.clear());
  });

  /** Fills localStorage with the app's own key, to the last character, and tells how a small value fares then. */
  async function fill(tab) {
    return tab.evaluate(() => {
      let value = '';
      for (let more = 2 ** 24; more >= 1; more /= 2) {
        try {
          localStorage.setItem('app', value + 'x'.repeat(more));
          value += 'x'.repeat(more);
        } catch {
          // Half as much may still fit.
        }
      }
      try {
        localStorage.setItem('small', 'value');
        return 'stored';
      } catch (error) {
        return error.name;
      }
    });
  }

  test('a thousand events in a task are a handful of writes', async () => {
    const token = newToken('writes');
    const tab = await world.visit('limited.html?cookie=watched');
    await initAndLoad(tab, token);
    const writes = await tab.evaluate(async () => {
      let count = 0;
      for (const method of ['setItem', 'removeItem']) {
        const original = Storage.prototype[method];
        Storage.prototype[method] = function (...args) {
          count += 1;
          return original.apply(this, args);
        };
      }
      writtenCookies.length = 0;
      for (let index = 0; index < 1000; index += 1) {
        hoglet.register({ index });
        hoglet.capture('one of many');
      }
      // All that is done at the end of the task is done before the next.
      await new Promise((resolve) => setTimeout(resolve));
      return { storage: count, cookies: writtenCookies.length };
    });
    // What is remembered, and the events in pieces of 32 KB as far as the outbox may use localStorage: 256 KB.
    assert.ok(writes.storage >= 1 && writes.storage <= 4 + 8, `${writes.storage} writes to storage`);
    assert.ok(writes.cookies <= 2, `${writes.cookies} cookies written`);
    await tab.evaluate(() => hoglet.flush());
    const events = await world.collector.delivered(token, 1000);
    assert.equal(events.at(-1).properties.index, 999);
  });

  test('what is registered is stored when the task ends, whatever persistence_save_debounce_ms says', async () => {
    const token = newToken('debounce');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { persistence_save_debounce_ms: 600_000 });
    const stored = await tab.evaluate(async (token) => {
      const read = () => JSON.parse(localStorage.getItem(`ph_${token}_posthog`)).theme;
      hoglet.register({ theme: 'dark' });
      const within = read();
      await new Promise((resolve) => setTimeout(resolve));
      return [within, read()];
    }, token);
    assert.deepEqual(stored, [null, 'dark']);
  });

  test('the cookie is for https only if secure_cookie says so, and for as long as cookie_expiration says', async () => {
    const token = newToken('attributes');
    const tab = await world.visit('limited.html?cookie=watched');
    const own = () =>
      tab.evaluate((token) => writtenCookies.findLast((cookie) => cookie.startsWith(`ph_${token}`)), token);
    await initAndLoad(tab, token);
    assert.doesNotMatch(await own(), /; secure/i, 'this page is not served over https');
    assert.match(await own(), /; max-age=31536000; SameSite=Lax; path=\//i);

    await reloaded(tab, token, { secure_cookie: true, cookie_expiration: 7 });
    assert.match(await own(), /; secure/i);
    assert.match(await own(), /; max-age=604800;/i);
  });
});
