import { onePage, script } from './script.js';

const see = (sdk) => [sdk.capture('seen', { a: 1, secret: 's' }), sdk.capture('other')?.event];

/** Functions of the app that see events, and settings that change them. */
export const hooks = [
  onePage('before_send changes an event', see, () => ({
    before_send: (event) => ({ ...event, event: `${event.event}!`, properties: { ...event.properties, added: true } }),
  })),
  onePage('before_send changes an event in place', see, () => ({
    before_send: (event) => {
      delete event.properties.secret;
      event.properties.distinct_id = 'mine';
      event.$set = { plan: 'pro' };
      event.$set_once = { first: 1 };
      return event;
    },
  })),
  onePage('before_send drops an event', see, () => ({
    before_send: (event) => (event.event === 'seen' ? null : event),
  })),
  onePage('before_send returns nothing', see, () => ({ before_send: () => {} })),
  onePage('before_send throws', see, () => ({
    before_send: (event) => {
      if (event.event === 'seen') throw new Error('in the hook');
      return event;
    },
  })),
  onePage('several before_send', see, () => ({
    before_send: [
      (event) => ({ ...event, properties: { ...event.properties, order: '1' } }),
      (event) => ({ ...event, properties: { ...event.properties, order: `${event.properties.order}2` } }),
      (event) => (event.event === 'other' ? null : event),
    ],
  })),
  onePage('before_send gives a uuid', see, () => ({
    before_send: (event) =>
      event.event === 'seen' ? { ...event, uuid: '00000000-1111-4222-8333-444455556666' } : { ...event, uuid: 'wrong' },
  })),
  onePage('before_send removes the token', see, () => ({
    before_send: (event) => {
      delete event.properties.token;
      return event;
    },
  })),
  onePage('before_send sees an identification', (sdk) => sdk.identify('ada', { plan: 'pro' }, { first: 1 }), () => ({
    before_send: (event) => ({ ...event, properties: { ...event.properties, members: Object.keys(event).sort() } }),
  })),
  onePage('properties that are not to be sent', (sdk) => {
    sdk.register({ secret: 's', theme: 'dark' });
    sdk.capture('seen', { secret: 's', $lib: 'mine' });
    sdk.identify('ada', { secret: 's' });
  }, { property_denylist: ['secret', '$browser', '$current_url', '$process_person_profile', '$is_identified'] }),
  onePage('properties that are not to be sent, by the former name', (sdk) => sdk.capture('seen', { secret: 's' }), {
    property_blacklist: ['secret'],
  }),
  onePage('properties are made clean', (sdk) => {
    sdk.capture('seen', { secret: 's' });
    sdk.identify('ada', { secret: 's' }, { first: 1 });
  }, () => ({
    sanitize_properties: (properties, event) => ({ ...properties, secret: undefined, sanitized: event }),
  })),
  onePage('_onCapture', (sdk) => {
    sdk.capture('seen', { a: 1 });
    sdk.identify('ada');
    return window.captured;
  }, () => {
    window.captured = [];
    return { _onCapture: (name, event) => window.captured.push([name, event?.event, typeof event]) };
  }),
  onePage('eventCaptured', (sdk) => {
    const events = [];
    const stop = sdk.on('eventCaptured', (event) => events.push(event));
    sdk.capture('seen', { a: 1 });
    sdk.identify('ada', { plan: 'pro' });
    stop();
    sdk.capture('after');
    return events;
  }),
  onePage('eventCaptured and before_send', (sdk) => {
    const events = [];
    sdk.on('eventCaptured', (event) => events.push([event.event, event.properties.added]));
    sdk.capture('seen');
    sdk.capture('dropped');
    return events;
  }, () => ({
    before_send: (event) => {
      event.properties.added = true;
      return event.event === 'dropped' ? null : event;
    },
  })),

  script('several instances', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk, token) => {
      const second = start(`${token}_second`, { person_profiles: 'always' }, 'second');
      const again = start(`${token}_third`, {}, 'second');
      sdk.capture('of the first');
      second.capture('of the second');
      second.identify('ada');
      sdk.capture('of the first again');
      return [
        sdk.second === second,
        again === second,
        second.config.token,
        second.config.name,
        sdk.get_distinct_id() === second.get_distinct_id(),
        sdk.get_session_id() === second.get_session_id(),
        String(sdk),
        String(second),
      ];
    }, visitor.token);
  }),

  onePage('loaded', (sdk) => window.seenInLoaded, () => ({
    loaded: (sdk) => {
      window.seenInLoaded = [sdk.__loaded, sdk.get_distinct_id(), sdk.get_property('$device_id'), sdk.config.token];
      sdk.capture('in loaded');
    },
  })),

  onePage('loaded throws', (sdk) => sdk.capture('after')?.event, () => ({
    loaded: () => {
      throw new Error('in the hook');
    },
  })),

  script('init again', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk, token) => {
      const again = sdk.init(`${token}_other`, settings({ person_profiles: 'always' }));
      sdk.capture('seen');
      return [again === sdk, sdk.config.token, sdk.config.person_profiles];
    }, visitor.token);
  }),

  script('a token that is none', async (visitor) => {
    await visitor.arrives({ settings: false });
    await visitor.does((sdk) => {
      const returned = ['', '   ', undefined, null, 7].map((token) => attempt(() => sdk.init(token, settings()) === sdk));
      return [returned, sdk.capture('nowhere'), sdk.__loaded];
    });
  }),

  script('calls before init', async (visitor) => {
    await visitor.arrives({ settings: false });
    await visitor.does((sdk, token) => {
      const early = [
        attempt(() => sdk.capture('early')),
        attempt(() => sdk.identify('ada')),
        attempt(() => sdk.register({ a: 1 })),
        attempt(() => sdk.get_distinct_id()),
        attempt(() => sdk.get_property('a')),
      ];
      start(token);
      sdk.capture('seen');
      return early;
    }, visitor.token);
  }),

  onePage('settings that change', (sdk) => {
    sdk.capture('before');
    const returned = sdk.set_config({ person_profiles: 'always', property_denylist: ['secret'], save_referrer: undefined });
    sdk.capture('after', { secret: 's' });
    return [returned, sdk.config.person_profiles, sdk.config.save_referrer, sdk.config.persistence];
  }),

  onePage('settings that nobody gave', (sdk) =>
    [
      'persistence', 'persistence_name', 'person_profiles', 'cookie_expiration', 'property_denylist', 'respect_dnt',
      'save_campaign_params', 'save_referrer', 'custom_campaign_params', 'session_idle_timeout_seconds', 'bootstrap',
      'opt_out_capturing_by_default', 'opt_out_persistence_by_default', 'opt_out_capturing_persistence_type',
      'consent_persistence_name', 'mask_personal_data_properties', 'properties_string_max_length', 'debug', 'name',
      'cross_subdomain_cookie', 'secure_cookie', 'disable_persistence', 'cookieless_mode', 'defaults', 'token',
    ].map((name) => [name, sdk.config[name]]),
  ),
];
