/** What is observed of the page where the app wants it: dead clicks, heatmaps, web vitals, media, and links that lead away. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { init, initAndLoad, newToken, suite } from '../support/suite.js';

const SOON = { batch_interval: 100 };

suite('observers', (world) => {
  test('what is not asked for is neither fetched nor told', only('lazy'), async () => {
    const token = newToken('unasked');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...SOON, autocapture: true, capture_pageview: true });
    await tab.click('#press');
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event }) => event), ['$pageview', '$autocapture']);
    const fetched = await tab.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith('/hoglet/')),
    );
    assert.deepEqual(fetched.sort(), ['/hoglet/arriving.js', '/hoglet/core.js', '/hoglet/index.js']);
  });

  test('a click that nothing comes of is told, one that something comes of is not', async () => {
    const token = newToken('dead');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...SOON, capture_dead_clicks: true });
    await chunk(tab, 'dead-clicks.js');
    await tab.evaluate(() => {
      document.querySelector('#press').addEventListener('click', ({ target }) => {
        target.textContent += '!';
      });
      const dead = document.createElement('button');
      dead.id = 'dead';
      dead.textContent = 'nothing';
      document.body.append(dead);
    });
    // A window that gets or loses the focus within a second is an answer too, and a new one does.
    await tab.evaluate(() => {
      window.focusedAt = performance.now();
      for (const type of ['focus', 'blur', 'visibilitychange']) addEventListener(type, () => (window.focusedAt = performance.now()), true);
    });
    await tab.click('#press');
    await tab.waitFor(() => performance.now() > window.focusedAt + 1000);
    await tab.click('#dead');
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.event, '$dead_click');
    assert.match(event.properties.$elements_chain, /^button:attr__id="dead"/);
    assert.equal(event.properties.$dead_click_absolute_timeout, true);
    assert.ok(event.properties.$dead_click_absolute_delay_ms >= 2750);
  });

  test('where the mouse clicks and rests is told by the page', async () => {
    const token = newToken('heatmap');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...SOON, capture_heatmaps: { flush_interval_milliseconds: 200 } });
    await chunk(tab, 'heatmap.js');
    await tab.click('#press');
    const data = {};
    // The click and where the mouse came to rest may go in two.
    while (!data.click) {
      const events = await world.collector.events({ token });
      for (const { properties } of events) {
        for (const samples of Object.values(properties.$heatmap_data)) for (const sample of samples) data[sample.type] = sample;
      }
    }
    assert.equal(typeof data.click.x, 'number');
    assert.equal(data.click.target_fixed, false);
    const [event] = await world.collector.events({ token });
    assert.equal(event.event, '$$heatmap');
    assert.deepEqual(Object.keys(event.properties.$heatmap_data), [world.page('lazy.html')]);
  });

  test('what the browser measures is told when the page is hidden', async () => {
    const token = newToken('vitals');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...SOON, capture_performance: { web_vitals: true } });
    await chunk(tab, 'web-vitals.js');
    await tab.click('#press');
    await tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    await world.go(tab, 'eager.html');
    const events = await world.collector.events({ token });
    const told = Object.assign({}, ...events.map(({ properties }) => properties));
    for (const { event } of events) assert.equal(event, '$web_vitals');
    assert.ok(events.length > 0);
    const metric = ['FCP', 'LCP', 'CLS', 'INP'].find((name) => `$web_vitals_${name}_value` in told);
    const whole = told[`$web_vitals_${metric}_event`];
    assert.equal(whole.name, metric);
    assert.equal(whole.$current_url, world.page('lazy.html'));
    assert.equal(whole.value, told[`$web_vitals_${metric}_value`]);
  });

  test('what is played is told', async () => {
    const token = newToken('media');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...SOON, capture_media: true });
    await chunk(tab, 'media.js');
    await tab.evaluate(() => {
      const audio = document.createElement('audio');
      audio.title = 'A talk';
      document.body.append(audio);
      Object.defineProperties(audio, {
        currentSrc: { value: 'https://media.example/talk.mp3?user=ann@mail.example' },
        duration: { value: 100 },
        currentTime: { value: 0, writable: true },
        paused: { value: false, writable: true },
        ended: { value: false, writable: true },
      });
      for (const type of ['play', 'pause']) audio.dispatchEvent(new Event(type));
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event }) => event), ['$media_play', '$media_pause']);
    const [{ properties }] = events;
    assert.equal(properties.$media_type, 'audio');
    assert.equal(properties.$media_title, 'A talk');
    assert.equal(properties.$media_duration, 100);
    assert.equal(properties.$media_src, 'https://media.example/talk.mp3?user=<redacted:email>');
  });

  test('links that lead away or to files are events of their own where that is asked for', async () => {
    const token = newToken('links');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { ...SOON, capture_outbound_clicks: true, capture_download_clicks: true });
    await tab.evaluate(() => {
      addEventListener('click', (event) => event.preventDefault());
      document.body.insertAdjacentHTML('beforeend', `
        <a id="out" href="https://other.example/a?to=ann@mail.example">Their page</a>
        <a id="file" href="/files/list.pdf">The list</a>
        <a id="here" href="/b">Here</a>`);
    });
    for (const id of ['out', 'file', 'here']) await tab.evaluate((id) => document.querySelector(`#${id}`).click(), id);
    const [out, file] = await world.collector.delivered(token, 2);
    assert.equal(out.event, '$outbound_click');
    assert.equal(out.properties.$external_click_url, 'https://other.example/a?to=<redacted:email>');
    assert.equal(file.event, '$download_click');
  });

  test('nothing of it is left behind by shutdown', only('lazy', 'js'), async () => {
    const token = newToken('ended');
    const tab = await world.visit('lazy.html');
    await init(tab, token, {
      ...SOON, autocapture: true, capture_dead_clicks: true, capture_heatmaps: true, capture_performance: true,
      capture_media: true, capture_exceptions: { capture_console_errors: true },
    });
    const left = await tab.evaluate(async () => {
      const listening = new Set();
      for (const [target, name] of [[window, 'window'], [document, 'document']]) {
        const { addEventListener } = target;
        target.addEventListener = (type, handle, options) => {
          const key = `${name} ${type}`;
          if (options?.signal) {
            listening.add(key);
            options.signal.addEventListener('abort', () => listening.delete(key));
          }
          addEventListener.call(target, type, handle, options);
        };
      }
      const { error } = console;
      await hoglet.load?.();
      const was = listening.size;
      await hoglet.shutdown();
      return [was > 5, [...listening], console.error === error];
    });
    assert.deepEqual(left, [true, [], true]);
  });
});

/** Waits until a part of the package is there and has begun. */
async function chunk(tab, name) {
  await tab.evaluate(async (name) => {
    await import(`/hoglet/${name}`);
    await new Promise((resolve) => setTimeout(resolve));
  }, name);
}
