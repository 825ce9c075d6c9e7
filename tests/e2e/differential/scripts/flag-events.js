import { answer, flagged, flaggedVisits, reset } from './flags.js';

/** What events tell of flags. */
export const flagEvents = [
  flagged('an event tells the flags', {}, (sdk) => sdk.capture('seen') && undefined),

  flagged('an event tells the flags that are overridden', {}, (sdk) => {
    sdk.featureFlags.overrideFeatureFlags({ on: 'mine', new: true });
    sdk.capture('seen');
    sdk.featureFlags.overrideFeatureFlags(false);
    sdk.capture('after');
  }),

  flagged(
    'an event after reset',
    {},
    (sdk) => {
      sdk.reset();
      sdk.capture('before the answer');
    },
    (sdk) => sdk.capture('after the answer') && undefined,
  ),

  flagged('an event of flags that the app has brought along', { bootstrap: { featureFlags: { early: 'x', no: false } } }, (sdk) => {
    sdk.capture('seen');
    sdk.getFeatureFlag('early');
    sdk.getFeatureFlag('no');
    sdk.getFeatureFlag('none');
  }),

  flaggedVisits('an event where no flags are known', async (visitor) => {
    await visitor.meets({ status: 500 });
    await visitor.arrives({ flags: true });
    await visitor.does((sdk) => sdk.capture('seen') && undefined);
  }),

  flagged('a flag is called', {}, (sdk) => {
    for (const key of ['on', 'off', 'variant', 'none']) sdk.getFeatureFlag(key);
  }),

  flagged('a flag is called by all that call it', {}, (sdk) => {
    sdk.isFeatureEnabled('on');
    sdk.getFeatureFlagResult('off');
    sdk.getFeatureFlagPayload('variant');
    sdk.getAllFeatureFlags();
    sdk.featureFlags.getFlags();
    sdk.getFeatureFlag('variant', { send_event: false });
  }),

  flagged(
    'a flag is called once',
    {},
    (sdk) => {
      sdk.getFeatureFlag('on');
      sdk.isFeatureEnabled('on');
      sdk.getFeatureFlagResult('on');
    },
    (sdk) => {
      sdk.group('company', 'acorn');
      sdk.getFeatureFlag('on');
    },
    (sdk) => {
      sdk.featureFlags.overrideFeatureFlags({ on: 'mine' });
      sdk.getFeatureFlag('on');
      sdk.featureFlags.overrideFeatureFlags(false);
      sdk.getFeatureFlag('on');
    },
  ),

  flagged(
    'a flag is called again for somebody else',
    {},
    (sdk) => sdk.getFeatureFlag('on'),
    (sdk) => sdk.identify('ada'),
    (sdk) => sdk.getFeatureFlag('on'),
    reset,
    (sdk) => sdk.getFeatureFlag('on'),
  ),

  flaggedVisits('a flag is called once on all pages', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.does((sdk) => sdk.getFeatureFlag('on'));
    await visitor.arrives({ settings: false });
    await visitor.does((sdk, token) => {
      start(token, withFlags());
      return [sdk.getFeatureFlag('on'), sdk.getFeatureFlag('variant'), sdk.getFeatureFlag('none')];
    }, visitor.token);
    await visitor.does((sdk) => [sdk.getFeatureFlag('on'), sdk.getFeatureFlag('variant')]);
  }),

  flagged('a flag is called once a session', { advanced_feature_flags_dedup_per_session: true }, (sdk) => {
    sdk.getFeatureFlag('on');
    sdk.getFeatureFlag('on');
  }),

  flagged('a flag that is overridden is called', {}, (sdk) => {
    sdk.featureFlags.overrideFeatureFlags({ flags: { on: 'mine', variant: false, new: true }, payloads: { on: 'payload' } });
    for (const key of ['on', 'variant', 'new']) sdk.getFeatureFlag(key);
  }),

  flagged('a flag that the app has updated is called', {}, (sdk) => {
    sdk.updateFlags({ on: 'mine', new: true }, { on: 'payload' });
    for (const key of ['on', 'new', 'variant']) sdk.getFeatureFlag(key);
  }),

  flaggedVisits('a flag is called after a failure', async (visitor) => {
    await visitor.meets({ status: 500 });
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.does((sdk) => sdk.getFeatureFlag('on'));
    await visitor.meets();
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.does((sdk) => sdk.getFeatureFlag('on'));
    await visitor.meets({ status: 500 });
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.does((sdk) => sdk.getFeatureFlag('variant'));
  }),

  flaggedVisits('a flag is called of which the server wants the least', async (visitor) => {
    const flags = [true, false, undefined].map((has_experiment, index) => [`flag-${index}`, { metadata: { id: index + 1, has_experiment } }]);
    await visitor.meets(answer(Object.fromEntries(flags), { minimalFlagCalledEvents: true }));
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.does((sdk) => {
      sdk.group('company', 'acorn');
      sdk.register({ theme: 'dark' });
      for (const key of ['flag-0', 'flag-1', 'flag-2', 'none']) sdk.getFeatureFlag(key);
    });
  }),

  flagged(
    'a flag is called before the visitor has agreed',
    {},
    (sdk) => {
      sdk.opt_out_capturing();
      sdk.getFeatureFlag('on');
      sdk.getFeatureFlag('on');
    },
    (sdk) => sdk.opt_in_capturing({ captureEventName: null }),
    (sdk) => sdk.getFeatureFlag('on'),
  ),

  flagged('a call that before_send drops', () => ({
    before_send: (event) => (event.event === '$feature_flag_called' ? null : event),
  }), (sdk) => {
    sdk.getFeatureFlag('on');
    sdk.capture('after');
  }),

  flagged('early access is told', {}, (sdk) => {
    sdk.updateEarlyAccessFeatureEnrollment('beta', true, 'beta');
    sdk.capture('after');
  }, (sdk) => sdk.updateEarlyAccessFeatureEnrollment('on', false)),
];
