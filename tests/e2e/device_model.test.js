/** What the browser says of the device when it is asked, and of the app that shows the page. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const MODEL = 'Pixel 8';
const SEARCH_APP =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/300.1.598994205 Mobile/15E148 Safari/604.1';

suite('device model', (world) => {
  /** A tab whose browser is asked for the model but answers only when the test says so. */
  async function visited(path = 'lazy.html') {
    const tab = await world.visit(path);
    await tab.evaluate(fake);
    return tab;
  }

  /** The model that the tab's events tell. */
  const told = (tab) => tab.evaluate(() => hoglet.calculateEventProperties('event').$device_model ?? null);

  const errors = async (tab) => (await tab.console()).filter(({ level }) => level === 'error');

  test('the model is told of every event once the browser has said it, on the next page too', async () => {
    const token = newToken('model');
    const tab = await visited();
    await initAndLoad(tab, token);
    await tab.evaluate((model) => {
      hoglet.capture('before');
      answer({ model });
    }, MODEL);
    await tab.evaluate(() => {
      hoglet.capture('after');
      hoglet.flush();
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ properties }) => properties.$device_model), [undefined, MODEL]);
    assert.deepEqual(await tab.evaluate(() => asked), [['model']]);
    const stored = (token) => JSON.parse(localStorage[`ph_${token}_posthog`]).$device_model;
    assert.equal(await tab.evaluate(stored, token), MODEL);

    await world.go(tab, 'lazy.html');
    await tab.evaluate(fake);
    await initAndLoad(tab, token);
    assert.equal(await told(tab), MODEL);
  });

  test('disableDeviceModel does not even ask', async () => {
    const tab = await visited();
    await initAndLoad(tab, newToken('disabled'), { disableDeviceModel: true });
    assert.deepEqual(await tab.evaluate(() => asked), []);
  });

  test('a browser that says nothing of use costs nothing', only('lazy', 'eager'), async () => {
    const tab = await world.visit('eager.html');
    const told = await tab.evaluate(async (token) => {
      const answer = (value) => ({ getHighEntropyValues: () => Promise.resolve(value) });
      const browsers = {
        'is no phone': answer({ model: '' }),
        'has no model': answer({}),
        'says something else': answer({ model: 7 }),
        'says nothing': answer(undefined),
        refuses: { getHighEntropyValues: () => Promise.reject(new DOMException('no', 'NotAllowedError')) },
        throws: { getHighEntropyValues: () => hoglet.nothing.here },
        'has another': { getHighEntropyValues: 1 },
        'cannot be asked': {},
        'knows nothing of it': undefined,
        'can be asked': answer({ model: 'Pixel 8' }),
      };
      for (const [name, value] of Object.entries(browsers)) {
        Object.defineProperty(navigator, 'userAgentData', { value, configurable: true });
        hoglet.init(token + name, { api_host: location.origin, capture_pageview: false, autocapture: false }, name);
      }
      // What is asked last is answered last.
      while (!hoglet['can be asked'].get_property('$device_model')) await new Promise((resolve) => setTimeout(resolve));
      return Object.keys(browsers).filter((name) => hoglet[name].get_property('$device_model') !== undefined);
    }, newToken('nothing'));
    assert.deepEqual(told, ['can be asked']);
    assert.deepEqual(await errors(tab), []);
  });

  test('a core that takes the place of one that has trapped hears of the model', async () => {
    const token = newToken('trapped');
    const tab = await visited('trap.html?entry=eager');
    await initAndLoad(tab, token);
    await tab.evaluate((model) => {
      hoglet.capture('before');
      answer({ model });
      trapIn('call');
      hoglet.capture('traps');
    }, MODEL);
    assert.equal(await tab.evaluate(() => instances), 2);
    assert.equal(await told(tab), MODEL);
  });

  test('a core that traps before the model is stored leaves it to the next', async () => {
    const token = newToken('unstored');
    const tab = await visited('trap.html?entry=eager');
    await initAndLoad(tab, token);
    await tab.evaluate((model) => {
      answer({
        // Read just before the core hears of it, which is stored in a microtask that comes later.
        get model() {
          queueMicrotask(() => {
            trapIn('microtask');
            hoglet.capture('traps');
          });
          return model;
        },
      });
    }, MODEL);
    await tab.waitFor(() => instances === 2);
    assert.equal(await told(tab), MODEL);
  });

  test("after shutdown the answer is nobody's", async () => {
    const token = newToken('over');
    const tab = await visited();
    await initAndLoad(tab, token);
    await tab.evaluate(() => hoglet.shutdown());
    await tab.evaluate((model) => answer({ model }), MODEL);
    const stored = (token) => localStorage[`ph_${token}_posthog`];
    assert.doesNotMatch(await tab.evaluate(stored, token), /device_model/);
    assert.deepEqual(await errors(tab), []);
  });

  test('who agrees later is asked for the model again, which was forgotten', async () => {
    const token = newToken('consent');
    const tab = await visited();
    await initAndLoad(tab, token, { opt_out_capturing_by_default: true });
    await tab.evaluate((model) => answer({ model }), MODEL);
    assert.equal(await told(tab), null);
    await tab.evaluate(() => hoglet.opt_in_capturing());
    await tab.evaluate((model) => answer({ model }), MODEL);
    assert.equal(await told(tab), MODEL);
  });

  test("Google's search app is a browser of its own by the defaults of a date", only('lazy', 'eager'), async () => {
    const tab = await world.visit('eager.html');
    const [earlier, since, refused] = await tab.evaluate(
      (token, value) => {
        Object.defineProperty(navigator, 'userAgent', { value });
        const settings = [
          { defaults: '2026-01-30' },
          { defaults: '2026-05-30' },
          { defaults: '2026-05-30', detect_google_search_app: false },
        ];
        return settings.map((own, at) => {
          const config = { api_host: location.origin, capture_pageview: false, autocapture: false, ...own };
          const { $browser, $browser_version, $webview_app, $webview_app_version } = hoglet
            .init(token + at, config, `client ${at}`)
            .calculateEventProperties('event');
          return [$browser, $browser_version, $webview_app, $webview_app_version];
        });
      },
      newToken('search'),
      SEARCH_APP,
    );
    assert.deepEqual(since, ['Google Search App', 300.1, 'Google', '300.1.598994205']);
    assert.notEqual(earlier[0], 'Google Search App');
    assert.deepEqual(earlier.slice(2), since.slice(2));
    assert.deepEqual(refused, earlier);
  });
});

/** In the page: a browser that can be asked, and answers with what `answer` is given. */
function fake() {
  window.asked = [];
  const getHighEntropyValues = (hints) => {
    asked.push(hints);
    return new Promise((resolve) => {
      window.answer = resolve;
    });
  };
  Object.defineProperty(navigator, 'userAgentData', { value: { brands: [], platform: 'Android', getHighEntropyValues } });
}
