/** Pageviews: each navigation once, with its title, and what is told when a page is left. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const PAGEVIEWS = { capture_pageview: true, batch_interval: 100 };
const HISTORY = { ...PAGEVIEWS, capture_pageview: 'history_change' };

const views = (events) => events.filter(({ event }) => event === '$pageview').map(({ properties }) => [
  properties.$pathname,
  properties.title,
  properties.navigation_type,
]);

suite('pageviews', (world) => {
  test('the first pageview is there without being asked for, and pages that are left say so', async () => {
    const token = newToken('first');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, PAGEVIEWS);
    const [view] = await world.collector.delivered(token, 1);
    assert.equal(view.event, '$pageview');
    assert.equal(view.properties.title, 'A page with the entry hoglet');
    assert.equal(view.properties.$pageview_id, view.uuid);
    // Two frames later the page has been measured.
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    for (let frames = 0; frames < 2; frames += 1) await tab.evaluate(frame);
    await world.go(tab, 'eager.html');
    const [, leave] = await world.collector.delivered(token, 2);
    assert.equal(leave.event, '$pageleave');
    assert.equal(leave.properties.$prev_pageview_id, view.uuid);
    assert.equal(leave.properties.$prev_pageview_pathname, '/lazy.html');
    assert.equal(typeof leave.properties.$prev_pageview_engaged_duration, 'number');
    assert.equal(leave.properties.$prev_pageview_max_scroll_percentage, 1);
  });

  test('what the app does in loaded belongs to the first pageview', async () => {
    const token = newToken('loaded');
    const tab = await world.visit('lazy.html');
    await tab.evaluate((token) => {
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true,
        load: 'eager',
        loaded: (client) => client.register({ theme: 'dark' }),
      });
    }, token);
    const [view] = await world.collector.delivered(token, 1);
    assert.equal(view.properties.theme, 'dark');
  });

  test('a navigation is one pageview whatever a router does to the history', async () => {
    const token = newToken('history');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, HISTORY);
    await tab.evaluate(async () => {
      const go = async (title, ...steps) => {
        for (const [method, path] of steps) history[method]({}, '', path);
        // Routers render a moment later.
        await new Promise((resolve) => setTimeout(resolve));
        document.title = title;
        await hoglet.flush();
      };
      await go('Products', ['pushState', '/products'], ['pushState', '/products'], ['replaceState', '/products/']);
      await go('Products', ['pushState', '/products?sort=price'], ['pushState', '/products?sort=price#reviews']);
      await go('Login', ['pushState', '/account'], ['replaceState', '/login']);
      await go('Login', ['replaceState', '/login']);
    });
    // The new page's title is awaited, not only looked at: these come one by one.
    await tab.evaluate(async () => {
      history.pushState({}, '', '/late');
      await new Promise((resolve) => setTimeout(resolve, 20));
      document.title = 'Late';
    });
    await tab.waitFor(() => hoglet._events_queue.length === 0);
    const events = await world.collector.delivered(token, 4);
    assert.deepEqual(views(events), [
      ['/lazy.html', 'A page with the entry hoglet', undefined],
      ['/products', 'Products', 'pushState'],
      ['/login', 'Login', 'pushState'],
      ['/late', 'Late', 'pushState'],
    ]);
    const [, products, login] = events;
    assert.equal(login.properties.$prev_pageview_id, products.uuid);
    await tab.evaluate(() => history.back());
    const [back] = (await world.collector.delivered(token, 5)).slice(-1);
    assert.deepEqual(views([back])[0].slice(0, 1), ['/login']);
    assert.equal(back.properties.navigation_type, 'popstate');
  });

  test('fragments are pages where the app says so', async () => {
    const token = newToken('hash');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...PAGEVIEWS, capture_pageview: { hash: true } });
    await tab.evaluate(async () => {
      await hoglet.flush();
      location.hash = '#/cart';
    });
    const events = await world.collector.delivered(token, 2);
    assert.equal(events[1].properties.$current_url, `${world.page('lazy.html')}#/cart`);
  });

  test('a router on the Navigation API is followed like one on the history', async (t) => {
    const token = newToken('navigation');
    const tab = await world.visit('lazy.html');
    if (!(await tab.evaluate(() => 'navigation' in window))) return t.skip('this engine has no such API');
    await initAndLoad(tab, token, HISTORY);
    await tab.evaluate(async () => {
      navigation.addEventListener('navigate', (event) => event.intercept({ handler: async () => (document.title = location.pathname) }));
      await navigation.navigate('/first').finished;
      await hoglet.flush();
      await navigation.navigate('/second').finished;
      await hoglet.flush();
      await navigation.back().finished;
      await hoglet.flush();
    });
    assert.deepEqual(views(await world.collector.delivered(token, 4)).slice(1), [
      ['/first', '/first', 'pushState'],
      ['/second', '/second', 'pushState'],
      ['/first', '/first', 'popstate'],
    ]);
  });

  test('others who wrap the history before or after go on working, and it is restored when ours is outermost', only('lazy', 'js'), async () => {
    const token = newToken('wrapped');
    const tab = await world.visit('lazy.html');
    await init(tab, token, HISTORY);
    const seen = await tab.evaluate(async () => {
      const calls = [];
      const native = history.pushState;
      const wrap = (name) => {
        const inner = history.pushState;
        history.pushState = function (...args) {
          calls.push(name);
          return inner.apply(this, args);
        };
        return history.pushState;
      };
      const before = wrap('before');
      await hoglet.load?.();
      const ours = history.pushState;
      const after = wrap('after');
      history.pushState({}, '', '/a');
      await hoglet.flush();
      await hoglet.shutdown();
      const keptAfter = history.pushState === after;
      history.pushState({}, '', '/b');
      history.pushState = ours;
      history.pushState({}, '', '/c');
      return { calls, isWrapped: ours !== before && ours !== native, keptAfter, replace: Object.hasOwn(history, 'replaceState') };
    });
    assert.deepEqual(seen, {
      calls: ['after', 'before', 'after', 'before', 'before'],
      isWrapped: true,
      keptAfter: true,
      replace: false,
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(views(events).map(([path]) => path), ['/lazy.html', '/a']);
  });

  test('a page that nobody sees yet has no pageview', async () => {
    const token = newToken('unseen');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    await initAndLoad(tab, token, PAGEVIEWS);
    const uuid = await tab.evaluate(async () => {
      const { uuid } = hoglet.capture('meanwhile');
      await hoglet.flush();
      return uuid;
    });
    const [only] = await world.collector.delivered(token, 1);
    assert.equal(only.uuid, uuid);
    await tab.evaluate(() => {
      delete document.visibilityState;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    assert.deepEqual(views(await world.collector.delivered(token, 2)).length, 1);
  });

  test('what is scrolled may be an element', async () => {
    const token = newToken('scrolled');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(() => {
      document.body.innerHTML = '<div id="root" style="height: 200px; overflow: auto"><div style="height: 1200px"></div></div>';
    });
    await initAndLoad(tab, token, { ...PAGEVIEWS, scroll_root_selector: ['#missing', '#root'] });
    await tab.evaluate(() => document.querySelector('#root').scrollTo(0, 500));
    await tab.waitFor(() => {
      const { $prev_pageview_max_scroll: most } = hoglet.capture('$pageleave').properties;
      return most === 500;
    });
    const told = await tab.evaluate(() => hoglet.capture('$pageleave').properties);
    assert.equal(told.$prev_pageview_max_scroll_percentage, 0.5);
    assert.equal(told.$prev_pageview_max_content, 700);
  });

  test('hooks see pageviews, and what they drop is dropped', async () => {
    const token = newToken('hooked');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(async (token) => {
      window.seen = [];
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true,
        load: 'manual',
        batch_interval: 100,
        capture_pageview: 'history_change',
        before_send: (event) => {
          window.seen.push(event.event);
          const isSecret = event.event === '$pageview' && event.properties.$pathname === '/secret';
          return isSecret ? null : { ...event, properties: { ...event.properties, mine: 1 } };
        },
      });
      await hoglet.load?.();
    }, token);
    await tab.waitFor(() => window.seen.length === 1);
    await tab.evaluate(() => history.pushState({}, '', '/secret'));
    await tab.waitFor(() => window.seen.length === 2);
    await tab.evaluate(() => location.assign('/plain.html'));
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event, properties }) => [event, properties.mine]), [['$pageview', 1], ['$pageleave', 1]]);
  });
});
