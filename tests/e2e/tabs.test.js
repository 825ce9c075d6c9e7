/** What several tabs of one browser have in common, and that one follows what the visitor does in another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { initAndLoad, newToken, suite } from '../support/suite.js';

suite('tabs', (world) => {
  /** Two tabs with running clients of one project. */
  async function two(token, config) {
    const tabs = [await world.visit('lazy.html'), await world.visit('lazy.html')];
    for (const tab of tabs) await initAndLoad(tab, token, config);
    return tabs;
  }

  async function capture(tab, name) {
    await tab.evaluate((name) => {
      hoglet.capture(name);
      hoglet.flush();
    }, name);
  }

  /** The event of a name: in which order those of several tabs arrive, nobody knows. */
  const named = (events, name) => events.find(({ event }) => event === name);

  test('who is identified in one tab is so in the other, without a reload', async () => {
    const token = newToken('identify');
    const [here, there] = await two(token);
    const anonymous = await there.evaluate(() => hoglet.get_distinct_id());
    await here.evaluate(() => hoglet.identify('ada'));
    await there.waitFor(() => hoglet.get_distinct_id() === 'ada');
    await capture(there, 'followed');
    const events = await world.collector.delivered(token, 2);
    const [identify, followed] = ['$identify', 'followed'].map((name) => named(events, name));
    assert.equal(identify.properties.$anon_distinct_id, anonymous);
    assert.equal(followed.distinct_id, 'ada');
    assert.equal(followed.properties.$is_identified, true);
    assert.equal(followed.properties.$user_id, 'ada');
    assert.equal(followed.properties.$device_id, anonymous);
  });

  test('reset in one tab begins a new person in the other', async () => {
    const token = newToken('reset');
    const [here, there] = await two(token);
    await here.evaluate(() => {
      hoglet.identify('ada');
      hoglet.register({ cart: 3 });
    });
    await there.waitFor(() => hoglet.get_property('cart') === 3);
    const session = await there.evaluate(() => hoglet.get_session_id());
    await here.evaluate(() => hoglet.reset());
    await there.waitFor(() => hoglet.get_distinct_id() !== 'ada');
    await capture(there, 'afterwards');
    const afterwards = named(await world.collector.delivered(token, 2), 'afterwards');
    assert.equal(afterwards.distinct_id, await here.evaluate(() => hoglet.get_distinct_id()));
    assert.equal(afterwards.properties.$is_identified, false);
    for (const key of ['cart', '$user_id']) assert.equal(key in afterwards.properties, false, key);
    assert.notEqual(afterwards.session_id, session);
    assert.equal(afterwards.session_id, await here.evaluate(() => hoglet.get_session_id()));
  });

  test('what both tabs register, both send, and neither overwrites the other', async () => {
    const token = newToken('register');
    const [here, there] = await two(token);
    await here.evaluate(() => hoglet.register({ here: 1, both: 'here' }));
    // It has not heard of the other's yet.
    await there.evaluate(() => hoglet.register({ there: 2 }));
    for (const tab of [here, there]) {
      await tab.waitFor(() => hoglet.get_property('here') === 1 && hoglet.get_property('there') === 2);
    }
    await there.evaluate(() => hoglet.unregister('both'));
    await here.waitFor(() => hoglet.get_property('both') === undefined);
    for (const tab of [here, there]) await capture(tab, 'captured');
    for (const { properties } of await world.collector.delivered(token, 2)) {
      assert.deepEqual([properties.here, properties.there, properties.both], [1, 2, undefined]);
    }
  });

  test('a refusal in one tab is one in the other, and so is a consent', async () => {
    const token = newToken('consent');
    const [here, there] = await two(token);
    await here.evaluate(() => hoglet.opt_out_capturing());
    await there.waitFor(() => hoglet.has_opted_out_capturing());
    assert.equal(await there.evaluate(() => hoglet.capture('refused') === undefined), true);
    await there.evaluate(() => hoglet.opt_in_capturing({ captureEventName: null }));
    await here.waitFor(() => hoglet.has_opted_in_capturing());
    for (const tab of [here, there]) await capture(tab, 'agreed');
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event }) => event), ['agreed', 'agreed']);
    assert.equal(events[0].distinct_id, events[1].distinct_id);
    assert.equal(events[0].session_id, events[1].session_id);
  });

  test('the session is shared, and a tab adopts the one that another begins', async () => {
    const token = newToken('session');
    const [here, there] = await two(token);
    await capture(here, 'first');
    // Firefox takes a moment to show one tab what another has stored.
    await there.waitFor((token) => /"\$sesid"/.test(localStorage['ph_' + token + '_posthog']), token);
    await capture(there, 'second');
    const events = await world.collector.delivered(token, 2);
    const [first, second] = ['first', 'second'].map((name) => named(events, name));
    assert.equal(first.session_id, second.session_id);
    assert.notEqual(first.window_id, second.window_id);

    await there.evaluate(() => {
      window.sessions = [];
      hoglet.onSessionId((...details) => sessions.push(details));
    });
    assert.deepEqual(await there.evaluate('sessions'), [[second.session_id, second.window_id, null]]);
    await here.evaluate(() => hoglet.reset());
    await capture(here, 'anew');
    const [, , anew] = await world.collector.delivered(token, 3);
    await there.waitFor((id) => hoglet.get_session_id() === id, anew.session_id);
    await there.waitFor(() => sessions.length > 1);
    const [id, , change] = await there.evaluate('sessions.at(-1)');
    assert.equal(id, anew.session_id);
    assert.equal(change.crossTabAdoption, true);
  });

  test('what another tab stores does not cut short the rest that the server asked for', async () => {
    const token = newToken('rest');
    await world.collector.faults([{ path: '/e/', status: 503, retry_after: '3', times: 1 }]);
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await capture(tab, 'captured');
    await eventually(
      () => world.collector.requests({ token }),
      (requests) => requests.length > 0,
      'the first attempt',
    );
    // Another document of the site, in the same tab: going to another one would hide this page, which sends what waits.
    await tab.evaluate(() => {
      window.heard = 0;
      addEventListener('storage', () => (heard += 1));
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.src = 'away.html';
      frame.onload = () => frame.contentWindow.localStorage.setItem('app', String(Math.random()));
    });
    await tab.waitFor(() => heard > 0);
    await world.collector.delivered(token, 1);
    const [refused, taken] = await world.collector.requests({ token });
    const rest = Date.parse(taken.received_at) - Date.parse(refused.received_at);
    assert.ok(rest >= 3000, `it was tried again after ${rest} ms`);
  });

  test('a reloaded tab is the same window', async () => {
    const token = newToken('reload');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await capture(tab, 'before');
    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token);
    await capture(tab, 'after');
    const [before, after] = await world.collector.delivered(token, 2);
    assert.equal(after.window_id, before.window_id);
    assert.equal(after.session_id, before.session_id);
  });

  test('a duplicated tab is another window in the same session', async () => {
    const token = newToken('duplicate');
    const tab = await world.visit('lazy.html');
    await world.go(tab, 'opener.html');
    await initAndLoad(tab, token);
    await capture(tab, 'here');
    const [here] = await world.collector.delivered(token, 1);
    await tab.click('#open');
    await tab.waitFor(() => window.opened?.hoglet !== undefined);
    const copied = await tab.evaluate(async (token) => {
      const copied = opened.sessionStorage.getItem(`ph_${token}_window_id`);
      opened.hoglet.init(token, { api_host: location.origin, load: 'manual', opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true });
      await opened.hoglet.load?.();
      opened.hoglet.capture('there');
      opened.hoglet.flush();
      return copied;
    }, token);
    const [, there] = await world.collector.delivered(token, 2);
    await tab.evaluate(() => opened.close());
    assert.equal(JSON.parse(copied), here.window_id, 'the browser has copied what the tab has stored');
    assert.notEqual(there.window_id, here.window_id);
    assert.equal(there.session_id, here.session_id);
    assert.equal(there.distinct_id, here.distinct_id);

    await capture(tab, 'here again');
    const [, , again] = await world.collector.delivered(token, 3);
    assert.equal(again.window_id, here.window_id);
  });
});
