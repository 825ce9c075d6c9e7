/** What is personal, and what the app says is: taken out before anything is stored. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

suite('redaction', (world) => {
  test('addresses and titles lose what is personal, and keep their campaigns', async () => {
    const token = newToken('addresses');
    const tab = await world.visit('lazy.html?email=ann@mail.example&gclid=ann@mail.example&utm_source=news&q=4111111111111111');
    await tab.evaluate(() => (document.title = 'Inbox of ann@mail.example'));
    await initAndLoad(tab, token, { capture_pageview: true });
    const stored = await tab.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    assert.ok(!/email=ann|411111/.test(decodeURIComponent(stored)), stored);
    const [{ properties }] = await world.collector.delivered(token, 1);
    const address = `${world.page('lazy.html')}?email=<redacted:email>&gclid=ann@mail.example&utm_source=news&q=<redacted:card>`;
    assert.equal(properties.$current_url, address);
    assert.equal(properties.$session_entry_url, address);
    assert.equal(properties.title, 'Inbox of <redacted:email>');
    assert.equal(properties.gclid, 'ann@mail.example');
  });

  test("the app's own properties are the app's, but for addresses of pages, and until it says otherwise", async () => {
    const token = newToken('own');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      const properties = { contact: 'ann@mail.example', $current_url: 'https://app.example/?to=ann@mail.example', list: [{ card: '4111 1111 1111 1111' }] };
      hoglet.capture('first', properties);
      hoglet.set_config({ redact: { properties: true } });
      hoglet.capture('second', properties);
      hoglet.identify('ada', { email: 'ann@mail.example' });
      return hoglet.flush();
    });
    const [first, second, identify] = await world.collector.delivered(token, 3);
    assert.equal(first.properties.contact, 'ann@mail.example');
    assert.equal(first.properties.$current_url, 'https://app.example/?to=<redacted:email>');
    assert.equal(second.properties.contact, '<redacted:email>');
    assert.deepEqual(second.properties.list, [{ card: '<redacted:card>' }]);
    assert.equal(identify.set.email, 'ann@mail.example', 'the person is who the app says');
  });

  test("the app's own patterns are replaced in all that events hold, but not in their ids", async () => {
    const token = newToken('custom');
    const tab = await world.visit('lazy.html?order=ACME-17');
    await tab.evaluate(async (token) => {
      hoglet.init(token, {
        api_host: location.origin, opt_out_useragent_filter: true, load: 'manual', autocapture: true, capture_pageview: false,
        redact: { custom: [/ACME-\d+/, /[0-9a-f]{8}-[0-9a-f-]+/] },
      });
      await hoglet.load?.();
      document.querySelector('#press').textContent = 'order ACME-17 and ACME-18';
      document.querySelector('#press').click();
      await hoglet.flush();
    }, token);
    const [{ properties, distinct_id: id }] = await world.collector.delivered(token, 1);
    assert.equal(properties.$el_text, 'order <redacted:custom> and <redacted:custom>');
    assert.equal(properties.$current_url, `${world.page('lazy.html')}?order=<redacted:custom>`);
    assert.match(id, /^[0-9a-f-]{36}$/);
  });

  test('debug says what was taken out, and where', async () => {
    const token = newToken('explained');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { autocapture: true, debug: true });
    await tab.evaluate(() => {
      document.querySelector('#press').textContent = 'write to ann@mail.example';
      document.querySelector('#press').click();
      hoglet.debug(false);
      return hoglet.flush();
    });
    await tab.evaluate(() => console.info('end'));
    const said = async () => (await tab.console()).map(({ text }) => text);
    while (!(await said()).some((text) => text.includes('end')));
    const text = (await said()).find((text) => text.includes('taken out of $el_text'));
    assert.match(text, /\$el_text: "write to <redacted:email>"/);
  });
});
