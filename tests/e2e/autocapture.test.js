/** What visitors do with elements, however odd these are, and what it costs the page. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

const ON = { autocapture: true, batch_interval: 100 };

suite('autocapture', (world) => {
  test('a click is told with its element, and at once', async () => {
    const token = newToken('click');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, ON);
    await tab.evaluate(() => {
      window.told = [];
      hoglet.on('eventCaptured', ({ event }) => told.push(event));
    });
    await tab.click('#press');
    const [{ event, properties }] = await world.collector.delivered(token, 1);
    assert.equal(event, '$autocapture');
    assert.equal(properties.$event_type, 'click');
    assert.equal(properties.$el_text, 'press');
    assert.match(properties.$elements_chain, /^button:attr__id="press"attr_id="press"nth-child="\d"nth-of-type="1"text="press";body:/);
    assert.deepEqual(await tab.evaluate(() => window.told), ['$autocapture']);
  });

  test('whatever the page is made of, nothing fails and the next click is told', async () => {
    const token = newToken('hostile');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...ON, autocapture: { capture_copied_text: true } });
    const failures = await tab.evaluate(async () => {
      const failures = [];
      addEventListener('error', ({ message }) => failures.push(message));
      // Nothing leads away from here.
      for (const type of ['click', 'submit']) addEventListener(type, (event) => event.preventDefault());
      const { error } = console;
      console.error = (...words) => failures.push(words.join(' '));
      const make = (html) => {
        const root = document.createElement('div');
        root.innerHTML = html;
        document.body.append(root);
        return root;
      };
      const use = (node) => {
        for (const type of ['click', 'change', 'submit', 'copy', 'cut', 'paste']) {
          node.dispatchEvent(new Event(type, { bubbles: true, cancelable: true, composed: true }));
        }
      };
      const deep = make('');
      let inner = deep;
      for (let depth = 0; depth < 1000; depth += 1) inner = inner.appendChild(document.createElement('b'));
      use(inner);
      const wide = make('<i></i>'.repeat(10_000));
      use(wide.firstChild);
      use(wide.lastChild);
      const large = make('<button></button>').firstChild;
      large.setAttribute('data-large', 'x'.repeat(1_000_000));
      large.textContent = 'y'.repeat(1_000_000);
      use(large);
      for (const html of [
        '<button title="🦔 \u{1f468}\u200d\u{1f469} שלום \0 &#0; \u202e">🦔 \ud83e שלום</button>',
        '<form><input name="id"><input name="parentNode"><input name="attributes"><input name="tagName"><input name="className"><input name="getAttribute"><button>b</button></form>',
        '<svg><a href="#x"><text>t</text></a><use href="#y"></use></svg>',
        '<x-unknown><y-unknown>custom</y-unknown></x-unknown>',
        '<iframe srcdoc="<button>b</button>"></iframe>',
        '<template><button>b</button></template>',
        '<math><mi>x</mi></math>',
        '<a href="javascript:void(0)">j</a><a href="http://[">broken</a><a href="">empty</a>',
        '<select><option>o</option></select><textarea></textarea><input type="file">',
        '<button class="\n\t  "></button><button id=""></button>',
      ]) {
        for (const node of make(html).querySelectorAll('*')) use(node);
      }
      const detached = document.createElement('button');
      use(detached);
      detached.click();
      const closed = make('<x-closed></x-closed>').firstChild.attachShadow({ mode: 'closed' });
      closed.innerHTML = '<button>closed</button>';
      use(closed.firstChild);
      const odd = make('<button>odd</button>').firstChild;
      for (const name of ['id', 'tagName', 'className', 'parentElement', 'attributes', 'textContent', 'nodeType', 'matches', 'closest']) {
        Object.defineProperty(odd, name, {
          get() {
            throw new Error('mine');
          },
        });
      }
      use(odd);
      document.dispatchEvent(new Event('click'));
      window.dispatchEvent(new Event('click'));
      document.documentElement.click();
      const leaving = make('<button>leaving</button>').firstChild;
      leaving.addEventListener('click', () => leaving.parentElement.remove());
      use(leaving);
      await hoglet.flush();
      console.error = error;
      document.querySelector('#press').click();
      await hoglet.flush();
      return failures;
    });
    assert.deepEqual(failures, []);
    const events = await world.collector.events({ token });
    const last = events.filter(({ event }) => event === '$autocapture').at(-1);
    assert.equal(last.properties.$el_text, 'press');
    for (const { properties } of events) assert.ok(JSON.stringify(properties).length < 200_000);
  });

  test('the app says by which address its pages are told apart', async () => {
    const token = newToken('address');
    const tab = await world.visit('lazy.html');
    await tab.evaluate(async (token) => {
      hoglet.init(token, {
        api_host: location.origin, opt_out_useragent_filter: true, load: 'manual', capture_pageview: false,
        get_current_url: (url) => (document.title === 'secret' ? 'https://app.example/secret' : url),
        autocapture: { url_ignorelist: [/\/secret$/] },
      });
      await hoglet.load?.();
      for (const title of ['secret', 'open']) {
        document.title = title;
        document.querySelector('#press').textContent = title;
        document.querySelector('#press').click();
      }
      await hoglet.flush();
    }, token);
    const [{ properties }] = await world.collector.delivered(token, 1);
    assert.equal(properties.$el_text, 'open');
  });

  test('no click and no key has the browser lay the page out', async (t) => {
    if (!world.browser.can.inspect) return t.skip('this engine cannot be inspected');
    const token = newToken('layout');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, {
      ...ON, capture_pageview: 'history_change', capture_heatmaps: true, capture_dead_clicks: true, capture_media: true,
      capture_performance: true, capture_outbound_clicks: true, capture_exceptions: true,
    });
    for (const name of ['heatmap.js', 'dead-clicks.js', 'media.js', 'web-vitals.js']) {
      await tab.evaluate((name) => import(`/hoglet/${name}`).then(() => {}), name);
    }
    const before = await tab.layouts();
    // In one task, in which each of these changes what the next would have to lay out.
    await tab.evaluate(() => {
      for (let n = 0; n < 50; n += 1) {
        document.body.append(document.createElement('p'));
        document.querySelector('#press').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, clientX: n }));
        document.querySelector('#press').dispatchEvent(new MouseEvent('mousemove', { bubbles: true, clientX: n }));
        document.querySelector('#press').dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: 100 * n }));
        document.dispatchEvent(new KeyboardEvent('keydown'));
        history.pushState({}, '', `/route/${n}`);
      }
    });
    const after = await tab.layouts();
    assert.ok(after - before < 10, `${after - before} layouts for 50 clicks`);
  });

  test('a hundred routes later no element is held that the app has dropped', async (t) => {
    if (!world.browser.can.inspect) return t.skip('this engine cannot be inspected');
    const token = newToken('heap');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, {
      ...ON, capture_pageview: 'history_change', capture_heatmaps: true, capture_dead_clicks: true, capture_media: true,
    });
    for (const name of ['heatmap.js', 'dead-clicks.js', 'media.js']) {
      await tab.evaluate((name) => import(`/hoglet/${name}`).then(() => {}), name);
    }
    await tab.evaluate(async () => {
      for (let n = 0; n < 100; n += 1) {
        history.pushState({}, '', `/route/${n}`);
        document.title = `Route ${n}`;
        const page = document.createElement('main');
        page.innerHTML = '<section><button>go</button></section>';
        document.body.replaceChildren(page);
        const button = page.querySelector('button');
        button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, isPrimary: true }));
        button.click();
        if (n % 10 === 9) await hoglet.flush();
      }
      document.body.replaceChildren();
    });
    // What waits for a frame or a moment still holds the last of them.
    let held;
    do held = (await tab.detachedElements()).filter((name) => /main|section|button/i.test(name));
    while (held.length > 0 && (await tab.evaluate(() => performance.now())) < 20_000);
    assert.deepEqual(held, []);
  });
});
