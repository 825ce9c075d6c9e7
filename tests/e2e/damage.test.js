/** What is stored can be torn, changed by hand or somebody else's: it never keeps events from being captured. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What may stand where the visitor should, as a text made from the sound one. */
const DAMAGES = {
  truncated: (sound) => sound.slice(0, sound.length / 2),
  'of wrong types': () =>
    JSON.stringify({
      distinct_id: 7,
      $device_id: { a: 1 },
      $user_state: [],
      $sesid: 'now',
      $groups: 'all',
      $epp: {},
      $initial_person_info: 7,
    }),
  'no object': () => '["distinct_id"]',
  empty: () => '',
  // As Amplitude writes its cookie.
  "another SDK's": () => btoa(JSON.stringify({ deviceId: 'd', userId: 'someone', sessionId: 1 })),
  'of a megabyte': (sound) => `${sound.slice(0, -1)},"large":"${'x'.repeat(1_000_000)}"}`,
};

suite('damage', (world) => {
  /** A visit that leaves an identity behind; the tab then is on a page without SDK. */
  async function visited(token) {
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    await tab.evaluate(() => {
      hoglet.register({ theme: 'dark' });
      hoglet.capture('before');
      hoglet.flush();
    });
    await world.collector.delivered(token, 1);
    await tab.go(world.page('away.html'));
    return tab;
  }

  /** The next visit: an event is captured with sound ids, and arrives. Answers it, and what the console says. */
  async function captures(tab, token, config) {
    await world.go(tab, 'lazy.html');
    await initAndLoad(tab, token, { debug: true, ...config });
    await tab.evaluate(() => {
      hoglet.capture('after');
      hoglet.flush();
      hoglet.debug(false);
    });
    const events = await world.collector.delivered(token, 2);
    const after = events.at(-1);
    assert.equal(after.event, 'after');
    assert.match(after.distinct_id, UUID);
    assert.match(after.session_id, UUID);
    assert.match(after.window_id, UUID);
    const messages = (await tab.console()).map(({ text }) => text);
    return { after, saysSo: messages.some((text) => /\[hoglet\].*damaged/.test(text)) };
  }

  for (const [name, damage] of Object.entries(DAMAGES)) {
    test(`an entry of localStorage that is ${name} is repaired`, async () => {
      const token = newToken('local');
      const tab = await visited(token);
      const sound = await tab.evaluate((token) => localStorage.getItem(`ph_${token}_posthog`), token);
      await tab.evaluate((token, text) => localStorage.setItem(`ph_${token}_posthog`, text), token, damage(sound));
      const { after, saysSo } = await captures(tab, token);
      assert.ok(saysSo, 'debug says that it was damaged');
      assert.equal(after.distinct_id, JSON.parse(sound).distinct_id, 'the cookie knows the visitor still');
      const stored = await tab.evaluate((token) => JSON.parse(localStorage.getItem(`ph_${token}_posthog`)), token);
      assert.equal(stored.distinct_id, after.distinct_id);
      assert.ok(JSON.stringify(stored).length < 100_000, 'what is too large for an event is not kept');
    });

    if (name === 'of a megabyte') continue; // No browser takes such a cookie.
    test(`a cookie that is ${name} is repaired`, async () => {
      const token = newToken('cookie');
      const tab = await visited(token);
      const sound = await tab.evaluate((token) => localStorage.getItem(`ph_${token}_posthog`), token);
      await tab.evaluate(
        (token, text) => {
          localStorage.removeItem(`ph_${token}_posthog`);
          document.cookie = `ph_${token}_posthog=${text}; path=/`;
        },
        token,
        encodeURIComponent(damage(sound)),
      );
      const { after, saysSo } = await captures(tab, token);
      assert.ok(saysSo, 'debug says that it was damaged');
      assert.equal((await cookie(tab, token)).distinct_id, after.distinct_id);
    });

    test(`entries of sessionStorage that are ${name} do no harm`, async () => {
      const token = newToken('session');
      const tab = await visited(token);
      await tab.evaluate(
        (token, text) => {
          const names = ['posthog', 'window_id', 'session_registered_properties'];
          for (const name of names) sessionStorage.setItem(`ph_${token}_${name}`, text);
        },
        token,
        damage('{"$referrer":"$direct","step":1}'),
      );
      await captures(tab, token);
    });
  }

  test('a cookie that cannot be decoded is repaired', async () => {
    const token = newToken('percent');
    const tab = await visited(token);
    await tab.evaluate((token) => {
      localStorage.removeItem(`ph_${token}_posthog`);
      document.cookie = `ph_${token}_posthog=%7B%22distinct_id%22%3A%22%E0%A4%A; path=/`;
    }, token);
    const { after } = await captures(tab, token);
    assert.equal((await cookie(tab, token)).distinct_id, after.distinct_id);
  });

  test('a hostile cookie injects nothing', async () => {
    const token = newToken('hostile');
    const tab = await world.visit('lazy.html');
    const hostile = `{
      "distinct_id": "d", "$device_id": "d", "$user_state": "anonymous",
      "token": "phc_evil", "$lib": "evil", "$user_id": "boss", "$groups": {"company": "acorn"},
      "$process_person_profile": true, "$set": {"admin": true},
      "$current_url": "https://evil.example/", "$feature_flag_payloads": {"a": 1},
      "$stored_person_properties": {"admin": true}, "__alias": "boss", "__proto__": {"polluted": true},
      "constructor": {"prototype": {"polluted": true}}
    }`;
    await tab.evaluate(
      (token, text) => {
        document.cookie = `ph_${token}_posthog=${text}; path=/`;
      },
      token,
      encodeURIComponent(hostile),
    );
    await initAndLoad(tab, token);
    const polluted = await tab.evaluate(() => {
      hoglet.capture('after').properties;
      hoglet.flush();
      return [{}.polluted, ...Object.keys(hoglet.persistence.props)];
    });
    const [event] = await world.collector.delivered(token, 1);
    assert.equal(event.distinct_id, 'd');
    assert.equal(event.set, null);
    const { properties } = event;
    assert.equal(properties.token, token);
    assert.equal(properties.$lib, 'hoglet');
    assert.equal(properties.$process_person_profile, false);
    assert.equal(properties.$current_url, world.page('lazy.html'));
    const ofTheSdk = ['$user_id', '$groups', '$set', '$feature_flag_payloads', '$stored_person_properties', '__alias'];
    for (const key of [...ofTheSdk, '__proto__']) {
      assert.ok(!Object.hasOwn(properties, key), key);
      assert.ok(!polluted.includes(key), key);
    }
    assert.equal(polluted[0], null);
    assert.deepEqual(await world.collector.events({ token: 'phc_evil' }), []);
  });

  test('what is registered cannot write cookies of its own', async () => {
    const token = newToken('written');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { persistence: 'cookie' });
    const registered = { 'a; b=c': '; domain=example.com; max-age=0; evil=1, \r\n\u0000', text: 'ü%22' };
    await tab.evaluate((registered) => hoglet.register(registered), registered);
    const names = await tab.evaluate(() => document.cookie.split('; ').map((cookie) => cookie.split('=')[0]));
    assert.ok(names.includes(`ph_${token}_posthog`));
    assert.deepEqual(names.filter((name) => /evil|^b$|domain/.test(name)), []);
    const props = await cookie(tab, token);
    for (const [key, value] of Object.entries(registered)) assert.equal(props[key], value);
  });

  test('the cookie stays below 4 KB, and the console names what stays out of it', async () => {
    const token = newToken('large');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { persistence: 'cookie' });
    await tab.evaluate(() => {
      hoglet.register({ essay: 'é'.repeat(2000), theme: 'dark' });
      hoglet.identify('ada');
      hoglet.capture('captured');
      hoglet.flush();
    });
    const [, captured] = await world.collector.delivered(token, 2);
    assert.equal(captured.properties.essay, 'é'.repeat(2000), 'events have it all the same');
    const bytes = await tab.evaluate(
      (token) => document.cookie.split('; ').find((cookie) => cookie.startsWith(`ph_${token}_posthog=`)).length,
      token,
    );
    assert.ok(bytes < 4000, `${bytes} bytes`);
    const errors = (await tab.console()).filter(({ level, text }) => level === 'error' && /cookie/.test(text));
    assert.equal(errors.length, 1, 'said once');
    assert.match(errors[0].text, /stay out of it: essay$/);

    await tab.reload();
    await tab.waitFor(() => window.hoglet !== undefined);
    await initAndLoad(tab, token, { persistence: 'cookie' });
    const known = await tab.evaluate(() => ['distinct_id', 'theme', 'essay'].map((name) => hoglet.get_property(name)));
    assert.deepEqual(known, ['ada', 'dark', null]);
  });
});

/** What the cookie says. */
async function cookie(tab, token) {
  return tab.evaluate((token) => {
    const name = `ph_${token}_posthog=`;
    const cookie = document.cookie.split('; ').find((cookie) => cookie.startsWith(name));
    return JSON.parse(decodeURIComponent(cookie.slice(name.length)));
  }, token);
}
