import { onePage, script } from './script.js';

/** Who the visitor is said to be: identify and alias. */
export const identify = [
  onePage('an anonymous visitor', (sdk) => [
    sdk.capture('seen', { a: 1 }),
    sdk.get_distinct_id(),
    sdk.get_session_id(),
    sdk.get_property('$device_id'),
    sdk.get_property('$user_state'),
  ]),

  onePage('identify joins what was anonymous', (sdk) => {
    sdk.capture('before');
    const returned = sdk.identify('ada', { plan: 'pro' }, { first: 1 });
    sdk.capture('after');
    return [returned, sdk.get_distinct_id(), sdk.get_property('$user_id'), sdk.get_property('$user_state')];
  }),

  onePage('identify with the same id again', (sdk) => {
    sdk.identify('ada');
    sdk.identify('ada');
    sdk.identify('ada', {}, {});
    sdk.capture('after');
  }),

  onePage('identify with the same id and new properties', (sdk) => {
    sdk.identify('ada', { plan: 'free' });
    sdk.identify('ada', { plan: 'pro' });
    sdk.identify('ada', { plan: 'pro' });
    sdk.identify('ada', undefined, { first: 1 });
  }),

  onePage('identify with another id', (sdk) => {
    sdk.identify('ada');
    sdk.capture("ada's");
    sdk.identify('bob');
    sdk.capture("bob's");
    return [sdk.get_distinct_id(), sdk.get_property('$user_id'), sdk.get_property('$device_id')];
  }),

  onePage('identify with another id and properties', (sdk) => {
    sdk.identify('ada', { plan: 'pro' });
    sdk.identify('bob', { plan: 'pro' }, { first: 1 });
    sdk.capture("bob's");
  }),

  onePage('identify with the anonymous id itself', (sdk) => {
    sdk.identify(sdk.get_distinct_id());
    sdk.capture('after');
    return sdk.get_property('$user_state');
  }),

  onePage('identify with the anonymous id itself and properties', (sdk) => {
    sdk.identify(sdk.get_distinct_id(), { plan: 'pro' }, { first: 1 });
    sdk.capture('after');
  }),

  onePage('identify with a number', (sdk) => {
    sdk.identify(17);
    sdk.capture('after');
    return sdk.get_distinct_id();
  }),

  onePage('identify with ids that are nobody', (sdk) => {
    const before = sdk.get_distinct_id();
    const ids = ['', '  ', 'null', 'UNDEFINED', 'distinct_id', 'distinctId', '$posthog_cookieless', null, undefined];
    const returned = ids.map((id) => sdk.identify(id, { plan: 'pro' }));
    sdk.capture('after');
    return [returned, sdk.get_distinct_id() === before];
  }),

  onePage('identify with the alias', (sdk) => {
    sdk.alias('other');
    sdk.identify('other');
    sdk.capture('after');
    return [sdk.get_distinct_id(), sdk.get_property('__alias'), sdk.get_property('$user_state')];
  }),

  onePage('identify with another id than the alias', (sdk) => {
    sdk.alias('other');
    sdk.identify('ada');
    sdk.capture('after');
    return [sdk.get_distinct_id(), sdk.get_property('__alias')];
  }),

  onePage('identify between groups', (sdk) => {
    sdk.group('company', 'acorn');
    sdk.identify('ada');
    sdk.group('team', 'oak', { size: 3 });
    sdk.capture('after');
  }),

  onePage('identify in loaded', (sdk) => sdk.capture('after'), () => ({
    loaded: (sdk) => {
      sdk.register({ early: true });
      sdk.identify('ada', { plan: 'pro' });
    },
  })),

  onePage(
    'identify that is not to name the anonymous id',
    (sdk) => {
      sdk.identify('ada');
      sdk.capture('after');
    },
    { reuseAnonymousId: true },
  ),

  script('identify, then more pages', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => sdk.identify('ada', { plan: 'pro' }));
    await visitor.arrives({ address: '?page=2' });
    await visitor.does((sdk) => {
      sdk.identify('ada', { plan: 'pro' });
      sdk.capture('after');
      return sdk.get_distinct_id();
    });
  }),

  script('identify on the second page', async (visitor) => {
    await visitor.arrives({ address: '?utm_source=first#top' });
    await visitor.does((sdk) => sdk.capture('first'));
    await visitor.arrives({ address: '?utm_source=second' });
    await visitor.does((sdk) => sdk.identify('ada'));
  }),

  script('identify in another tab', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => sdk.capture('in the first tab'));
    await visitor.arrives({ tab: 1 });
    await visitor.does((sdk) => {
      sdk.identify('ada');
      sdk.register({ theme: 'dark' });
    });
    await visitor.switchesTo(0);
    await visitor.does((sdk) => {
      sdk.capture('in the first tab again');
      return sdk.get_distinct_id();
    });
    await visitor.arrives();
    await visitor.does((sdk) => {
      sdk.capture('on a fresh page');
      return sdk.get_distinct_id();
    });
  }),

  script('identify where only a distinct id was stored', async (visitor) => {
    await visitor.arrives({
      before: (token) => localStorage.setItem(`ph_${token}_posthog`, JSON.stringify({ distinct_id: 'from before' })),
    });
    await visitor.does((sdk) => {
      sdk.capture('before');
      sdk.identify('ada');
      sdk.capture('after');
      return [sdk.get_property('$device_id'), sdk.get_property('$had_persisted_distinct_id')];
    });
  }),

  ...['always', 'identified_only', 'never'].map((person_profiles) =>
    onePage(
      `who gets a person: ${person_profiles}`,
      (sdk) => {
        sdk.capture('anonymous');
        sdk.identify('ada', { plan: 'pro' });
        sdk.capture('identified');
        sdk.reset();
        sdk.capture('anonymous again');
        return sdk.get_property('$epp');
      },
      { person_profiles },
    ),
  ),

  script('a person stays one when profiles are for the identified only', async (visitor) => {
    await visitor.arrives({ settings: { person_profiles: 'always' } });
    await visitor.does((sdk) => sdk.capture('first'));
    await visitor.arrives({ settings: { person_profiles: 'identified_only' } });
    await visitor.does((sdk) => sdk.capture('second'));
  }),

  onePage('alias of the anonymous id', (sdk) => {
    const returned = sdk.alias('other');
    sdk.capture('after');
    return [returned, sdk.get_distinct_id(), sdk.get_property('__alias')];
  }),

  onePage('alias of another id', (sdk) => [sdk.alias('other', 'original'), sdk.get_property('__alias')]),

  onePage('alias equal to the id', (sdk) => {
    const returned = [sdk.alias(sdk.get_distinct_id()), sdk.alias('same', 'same')];
    sdk.capture('after');
    return [returned, sdk.get_distinct_id()];
  }),

  onePage('alias equal to the id of people', (sdk) => {
    sdk.register({ $people_distinct_id: 'other' });
    return [sdk.alias('other'), sdk.capture('after')];
  }),

  onePage('alias of nothing', (sdk) => {
    const returned = sdk.alias('');
    sdk.capture('after');
    return [returned, sdk.get_property('__alias')];
  }),

  onePage('alias where nobody is to be a person', (sdk) => sdk.alias('other'), { person_profiles: 'never' }),
];
