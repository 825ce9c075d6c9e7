import { onePage, script } from './script.js';

/** Properties that go with every event, and what an event is given itself. */
export const properties = [
  script('registered properties', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => {
      const returned = sdk.register({ theme: 'dark', nested: { list: [1, 'two', null] }, empty: '', no: false });
      sdk.capture('first');
      sdk.capture('with its own', { theme: 'light' });
      sdk.register({ theme: 'blue' });
      return [returned, sdk.get_property('theme'), sdk.get_property('nested'), sdk.get_property('other')];
    });
    await visitor.arrives();
    await visitor.does((sdk) => {
      sdk.capture('on the next page');
      sdk.unregister('theme');
      sdk.unregister('other');
      sdk.capture('without');
      return sdk.get_property('theme');
    });
  }),

  onePage('registering what are no properties', (sdk) => {
    for (const value of [undefined, null, 'text', 7]) {
      attempt(() => sdk.register(value));
      attempt(() => sdk.register_once(value));
      attempt(() => sdk.register_for_session(value));
    }
    sdk.capture('after');
  }),

  onePage('properties registered once', (sdk) => {
    sdk.register_once({ first: 1, none: 'None' });
    sdk.register_once({ first: 2, none: 'some' });
    sdk.register_once({ first: 3, second: 'x' }, 1);
    sdk.register_once({ second: 'y' }, 'x');
    sdk.capture('after');
    return ['first', 'second', 'none'].map((name) => sdk.get_property(name));
  }),

  onePage('properties registered for some days', (sdk) => {
    sdk.register({ offer: 'summer' }, 3);
    sdk.register_once({ seller: 'eve' }, undefined, 5);
    sdk.capture('after');
    return sdk.get_property('offer');
  }),

  script('properties registered for the session', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => {
      sdk.register_for_session({ step: 1, tried: true });
      sdk.register({ step: 'for good' });
      sdk.capture('first');
      return [sdk.getSessionProperty('step'), sdk.get_property('step'), sdk.getSessionProperty('other')];
    });
    await visitor.arrives();
    await visitor.does((sdk) => {
      sdk.capture('on the next page');
      sdk.unregister_for_session('step');
      sdk.capture('without');
      return [sdk.getSessionProperty('step'), sdk.getSessionProperty('tried')];
    });
  }),

  onePage('registering names that the SDK uses', (sdk) => {
    sdk.register({ $lib: 'mine', $browser: 'mine', $referrer: 'https://mine.example/', $session_id: 'mine' });
    sdk.capture('after');
    return ['$lib', '$browser', '$referrer'].map((name) => sdk.get_property(name));
  }),

  onePage('an event with properties of all kinds', (sdk) => [
    sdk.capture('seen', { text: 'ä€🦔', number: 1.5, big: 1e21, yes: true, nothing: null, none: undefined }),
    sdk.capture('nested', { list: [1, [2, [3]]], object: { a: { b: { c: 1 } } }, 'odd name.': 1, '': 2 }),
    sdk.capture('long', { text: 'x'.repeat(70_000) }).properties.text.length,
  ]),

  onePage(
    'an event whose strings are cut',
    (sdk) => sdk.capture('seen', { text: 'x'.repeat(201), list: ['y'.repeat(300)] }).properties,
    { properties_string_max_length: 200 },
  ),

  onePage('an event with what JSON has no word for', (sdk) => {
    const twice = { a: 1 };
    sdk.capture('seen', { date: new Date('2020-02-03T04:05:06.007Z'), one: twice, other: twice, call: () => {} });
  }),

  onePage('an event that brings its own id and time', (sdk) => {
    sdk.capture('seen', { $insert_id: 'mine', $time: 1 });
    sdk.register({ $time: 2 });
    sdk.capture('after');
  }),

  onePage('an event that sets, sets once and unsets', (sdk) => {
    sdk.capture('seen', {}, { $set: { plan: 'pro' }, $set_once: { first: 1 }, $unset: ['old'] });
    sdk.capture('within', { $set: { plan: 'free' }, $set_once: { first: 2 }, $unset: ['older'] });
    return sdk.capture('both', { $set: { plan: 'a' } }, { $set: { plan: 'b' } });
  }),

  onePage(
    "an event that sets, of somebody who is a person",
    (sdk) => {
      sdk.capture('first', {}, { $set: { plan: 'pro' }, $set_once: { first: 1 }, $unset: ['old'] });
      return sdk.capture('second', {}, { $set_once: { first: 1, $initial_referrer: 'mine' } });
    },
    { person_profiles: 'always' },
  ),

  onePage('an event of another time', (sdk) =>
    sdk.capture('seen', {}, { timestamp: new Date(Date.now() - 60_000) }),
  ),

  onePage('an event of another day', (sdk) => {
    sdk.capture('today');
    const returned = sdk.capture('seen', {}, { timestamp: new Date('2020-02-03T04:05:06.007Z') });
    sdk.capture('today again');
    return returned.timestamp;
  }),

  onePage('an event with its own uuid', (sdk) => {
    const returned = sdk.capture('seen', {}, { uuid: '00000000-1111-4222-8333-444455556666' });
    return [returned.uuid, sdk.capture('with a wrong one', {}, { uuid: 'mine' })];
  }),

  onePage('an event at once', (sdk) => sdk.capture('seen', { a: 1 }, { send_instantly: true })),

  onePage('an event without a limit', (sdk) => sdk.capture('seen', { a: 1 }, { skip_client_rate_limiting: true })),

  onePage('events that are none', (sdk) => [
    sdk.capture(undefined),
    sdk.capture(null),
    sdk.capture(7),
    sdk.capture({}),
    sdk.capture('after', 'text'),
  ]),

  onePage('an event with the address of another page', (sdk) => {
    sdk.capture('seen', { $current_url: 'https://example.com/elsewhere' });
    const properties = { $current_url: 7 };
    sdk.capture('without', properties);
    return properties;
  }),

  onePage('an event with names that the SDK uses', (sdk) => {
    sdk.capture('seen', {
      $lib: 'mine',
      $browser: 'mine',
      $session_id: 'mine',
      $device_id: 'mine',
      $is_identified: 'mine',
      $process_person_profile: 'mine',
      $user_id: 'mine',
    });
    sdk.capture('of another', { distinct_id: 'other' });
  }),

  onePage('the properties that an event would get', (sdk) => {
    sdk.register({ theme: 'dark' });
    const properties = sdk.calculateEventProperties('seen', { a: 1 }, undefined, undefined, true);
    sdk.capture('after');
    return properties;
  }),

  onePage('feedback and metrics of a trace', (sdk) => [
    sdk.captureTraceFeedback('trace', 'good'),
    sdk.captureTraceMetric('trace', 'speed', 7),
    sdk.captureTraceMetric(1, 'kind', true),
  ]),
];
