/** A site changes from one SDK to the other, in the middle of a visit: the visitor stays who they are, and goes on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { only } from '../support/modes.js';
import { suite } from '../support/suite.js';
import { Tabs, Visitor } from './differential/visitor.js';

/** What is kept, and where. In memory nothing outlives the page. */
const SETTINGS = {
  'localStorage and a cookie': { persistence: 'localStorage+cookie' },
  localStorage: { persistence: 'localStorage' },
  'a cookie': { persistence: 'cookie' },
  sessionStorage: { persistence: 'sessionStorage' },
  'a place with a name': { persistence_name: 'shop' },
};

const DIRECTIONS = [
  ['posthog-js', 'hoglet'],
  ['hoglet', 'posthog-js'],
];

suite('handover', (world) => {
  const tabs = new Tabs(world);

  for (const [one, other] of DIRECTIONS) {
    for (const [place, settings] of Object.entries(SETTINGS)) {
      test(`an anonymous visitor of ${one} is continued by ${other}, and back, kept in ${place}`, async () => {
        const visitor = new Visitor(world, tabs, one);
        await visitor.arrives({ settings, address: '?utm_source=news', referrer: 'https://blog.example/' });
        const before = await look(visitor, (sdk) => {
          sdk.register({ theme: 'dark', nested: { list: [1, 'two', null] } });
          sdk.register_for_session({ step: 1 });
          sdk.capture('first');
        });
        await visitor.arrives({ settings, sdk: other, address: '?page=2' });
        const there = await look(visitor, (sdk) => sdk.capture('second'));
        assert.deepEqual(there, before);

        const changed = await look(visitor, (sdk) => {
          sdk.unregister('theme');
          sdk.register({ by: 'the other' });
          sdk.register_for_session({ step: 2 });
          sdk.group('company', 'acorn');
        });
        await visitor.arrives({ settings, address: '?page=3' });
        const back = await look(visitor, (sdk) => sdk.capture('third'));
        assert.deepEqual(back, changed);
        assert.deepEqual([back.theme, back.by, back.step, back.groups], [undefined, 'the other', 2, { company: 'acorn' }]);

        const events = await captured(visitor, ['first', 'second', 'third']);
        for (const name of ['$session_id', '$window_id', '$device_id', '$session_entry_url', '$session_entry_referrer']) {
          const [first, ...others] = events.map(({ properties }) => properties[name]);
          assert.ok(first, name);
          assert.deepEqual(others, [first, first], name);
        }
        assert.deepEqual(events.map(({ properties }) => properties.utm_source), ['news', 'news', 'news']);
        assert.deepEqual(events.map(({ properties }) => properties.step), [1, 1, 2]);
        assert.equal((await world.collector.persons({ token: visitor.token })).length, 1);
      });

      test(`who is identified with ${one} is so with ${other}, and back, kept in ${place}`, async () => {
        const visitor = new Visitor(world, tabs, one);
        await visitor.arrives({ settings, address: '?utm_source=news' });
        const anonymous = await look(visitor, (sdk) => sdk.capture('first'));
        const before = await look(visitor, (sdk) => sdk.identify('ada', { plan: 'pro' }));
        assert.deepEqual([before.distinctId, before.deviceId], ['ada', anonymous.distinctId]);

        await visitor.arrives({ settings, sdk: other });
        const there = await look(visitor, (sdk) => {
          sdk.identify('ada');
          sdk.capture('second');
        });
        assert.deepEqual(there, before);
        const forgotten = await look(visitor, (sdk) => sdk.reset());
        assert.notEqual(forgotten.distinctId, 'ada');
        assert.equal(forgotten.deviceId, anonymous.distinctId);

        await visitor.arrives({ settings });
        const back = await look(visitor, () => {});
        assert.deepEqual({ ...back, sessionId: undefined }, { ...forgotten, sessionId: undefined });
        await visitor.does((sdk) => sdk.capture('third'));

        const [first, second, third] = await captured(visitor, ['first', 'second', 'third']);
        assert.deepEqual(
          [first, second, third].map(({ properties }) => [properties.$is_identified, properties.$process_person_profile]),
          [
            [false, false],
            [true, true],
            [false, false],
          ],
        );
        assert.equal(second.properties.$session_id, first.properties.$session_id);
        assert.notEqual(third.properties.$session_id, first.properties.$session_id);
        const persons = await world.collector.persons({ token: visitor.token });
        assert.deepEqual(
          persons.map(({ distinct_ids }) => [...distinct_ids].sort()).sort(),
          [[anonymous.distinctId, 'ada'].sort(), [third.distinct_id]].sort(),
        );
      });
    }

    test(`${other} identifies who came with ${one}, with where they came from`, async () => {
      const visitor = new Visitor(world, tabs, one);
      await visitor.arrives({ address: '?utm_source=news', referrer: 'https://blog.example/post' });
      await visitor.does((sdk) => sdk.capture('first'));
      await visitor.arrives({ sdk: other, address: '?page=2' });
      await visitor.does((sdk) => sdk.identify('ada'));
      const [first, identify] = await captured(visitor, ['first', '$identify']);
      assert.equal(identify.properties.$anon_distinct_id, first.distinct_id);
      assert.equal(identify.set_once.$initial_utm_source, 'news');
      assert.equal(identify.set_once.$initial_referrer, 'https://blog.example/post');
      assert.match(identify.set_once.$initial_current_url, /utm_source=news$/);
    });

    for (const type of ['localStorage', 'cookie']) {
      test(`${other} keeps to the choice made with ${one}, stored in ${type}, and back`, async () => {
        const settings = { opt_out_capturing_by_default: true, opt_out_capturing_persistence_type: type };
        const visitor = new Visitor(world, tabs, one);
        await visitor.arrives({ settings });
        assert.equal((await look(visitor, (sdk) => sdk.capture('unheard'))).choice, 'pending');
        await look(visitor, (sdk) => sdk.opt_in_capturing({ captureEventName: false }));
        await visitor.arrives({ settings, sdk: other });
        assert.equal((await look(visitor, (sdk) => sdk.capture('heard'))).choice, 'granted');
        await look(visitor, (sdk) => sdk.opt_out_capturing());
        await visitor.arrives({ settings });
        assert.equal((await look(visitor, (sdk) => sdk.capture('unheard'))).choice, 'denied');
        await captured(visitor, ['heard']);
      });
    }

    test(`what is in memory of ${one} is not there for ${other}`, async () => {
      const settings = { persistence: 'memory' };
      const visitor = new Visitor(world, tabs, one);
      await visitor.arrives({ settings });
      const before = await look(visitor, (sdk) => sdk.register({ theme: 'dark' }));
      await visitor.arrives({ settings, sdk: other });
      const there = await look(visitor, () => {});
      assert.notEqual(there.distinctId, before.distinctId);
      assert.equal(there.theme, undefined);
    });
  }

  /** Takes a step and looks at who the visitor then is. */
  async function look(visitor, action) {
    await visitor.does(action);
    const { returned } = await visitor.does((sdk) => ({
      distinctId: sdk.get_distinct_id(),
      deviceId: sdk.get_property('$device_id'),
      userState: sdk.get_property('$user_state'),
      sessionId: sdk.get_session_id(),
      theme: sdk.get_property('theme'),
      nested: sdk.get_property('nested'),
      by: sdk.get_property('by'),
      step: sdk.getSessionProperty('step'),
      groups: sdk.getGroups(),
      choice: sdk.get_explicit_consent_status(),
    }));
    return returned;
  }

  /** The visitor's events of these names; those that identify or tell of groups come besides. */
  async function captured(visitor, names) {
    const events = await world.collector.events({ token: visitor.token });
    const own = events.filter(({ event }) => names.includes(event) || !event.startsWith('$'));
    assert.deepEqual(own.map(({ event }) => event), names);
    return own;
  }
}, undefined, only('lazy', 'eager'));
