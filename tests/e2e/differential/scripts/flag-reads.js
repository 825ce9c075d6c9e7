import { answer, flagged, flaggedVisits } from './flags.js';

/** Makes `window.reads`, which asks for all that is known of some flags. No event comes of it. */
const readsAll = () => {
  const silently = { send_event: false };
  window.reads = (sdk, ...keys) => ({
    each: keys.map((key) => [
      key,
      sdk.getFeatureFlag(key, silently),
      sdk.isFeatureEnabled(key, silently),
      sdk.isFeatureEnabled(key, { ...silently, defaultValue: true }),
      sdk.getFeatureFlag(key, { ...silently, fresh: true }),
      sdk.getFeatureFlagResult(key, silently),
      sdk.getFeatureFlagPayload(key),
      sdk.featureFlags.getFeatureFlagDetails(key),
    ]),
    all: sdk.getAllFeatureFlags(),
    flags: sdk.featureFlags.getFlags(),
    variants: sdk.featureFlags.getFlagVariants(),
    payloads: sdk.featureFlags.getFlagPayloads(),
    details: sdk.featureFlags.getFlagsWithDetails(),
    loaded: [sdk.featureFlags.hasLoadedFlags, sdk.flagsEndpointWasHit],
  });
};

/** A script of a visitor who has got flags, with `reads` at hand. */
function read(name, settings, ...actions) {
  return flagged(name, settings, readsAll, ...actions);
}

const everything = (sdk) => reads(sdk, 'on', 'off', 'variant', 'pro', 'none');

/** What an app is answered of flags. */
export const flagReads = [
  read('values of flags', {}, everything),

  flaggedVisits('values of flags before any answer', async (visitor) => {
    await visitor.arrives({ settings: false });
    await visitor.does(readsAll);
    await visitor.does((sdk, token) => {
      start(token, withFlags());
      return reads(sdk, 'on', 'none');
    }, visitor.token);
  }),

  flaggedVisits('values of flags from an earlier page', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.arrives({ settings: false });
    await visitor.does(readsAll);
    await visitor.does((sdk, token) => {
      start(token, withFlags());
      return reads(sdk, 'on', 'off', 'variant', 'none');
    }, visitor.token);
  }),

  flaggedVisits('values of flags from an earlier page, and none since', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.meets({ status: 500 });
    await visitor.arrives({ flags: true });
    await visitor.does(readsAll);
    await visitor.does(everything);
  }),

  flaggedVisits('values of flags where the server never answers', async (visitor) => {
    await visitor.meets({ status: 500 });
    await visitor.arrives({ flags: true });
    await visitor.does(readsAll);
    await visitor.does(everything);
  }),

  read('values of flags that cannot be', {}, (sdk) =>
    ['', 'none'].map((key) => [
      sdk.getFeatureFlag(key),
      sdk.isFeatureEnabled(key),
      sdk.getFeatureFlagResult(key),
      sdk.getFeatureFlagPayload(key),
    ]),
  ),

  read(
    'a flag that depends on the person',
    {},
    (sdk) => sdk.identify('ada', { plan: 'pro' }),
    everything,
    (sdk) => sdk.setPersonProperties({ plan: 'free' }),
    everything,
  ),

  read('right after reset', {}, (sdk) => {
    sdk.featureFlags.overrideFeatureFlags({ on: false });
    sdk.reset();
    sdk.get_session_id();
    return reads(sdk, 'on', 'variant');
  }, everything),

  read('right after somebody is identified', {}, (sdk) => {
    sdk.identify('ada');
    return reads(sdk, 'on', 'variant');
  }),

  read('right after somebody else is identified', {}, (sdk) => sdk.identify('ada'), (sdk) => {
    sdk.identify('bob');
    return reads(sdk, 'on', 'variant');
  }),

  read(
    'overrides',
    {},
    (sdk) => {
      sdk.featureFlags.overrideFeatureFlags({ on: 'mine', off: true, variant: false, new: 'x' });
      return reads(sdk, 'on', 'off', 'variant', 'new');
    },
    (sdk) => {
      sdk.featureFlags.overrideFeatureFlags({ flags: ['off', 'other'], payloads: { off: { a: 1 }, variant: 'text' } });
      return reads(sdk, 'on', 'off', 'variant', 'other');
    },
    (sdk) => {
      sdk.featureFlags.overrideFeatureFlags({ payloads: false });
      return reads(sdk, 'off', 'other');
    },
    (sdk) => {
      sdk.featureFlags.overrideFeatureFlags(['new']);
      return reads(sdk, 'on', 'new');
    },
    (sdk) => {
      sdk.featureFlags.overrideFeatureFlags(false);
      return reads(sdk, 'on', 'new');
    },
  ),

  flaggedVisits('overrides on the next page', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does((sdk) => sdk.featureFlags.overrideFeatureFlags({ on: 'mine', new: true }));
    await visitor.arrives({ flags: true });
    await visitor.does(readsAll);
    await visitor.does((sdk) => reads(sdk, 'on', 'new'));
  }),

  read(
    'values that the app has updated',
    {},
    (sdk) => {
      sdk.updateFlags({ on: 'mine', off: true, new: false }, { on: { a: 1 }, new: 2 });
      return reads(sdk, 'on', 'off', 'variant', 'new');
    },
    (sdk) => {
      sdk.updateFlags({ more: 'x' }, { more: 'text' }, { merge: true });
      return reads(sdk, 'on', 'more');
    },
    (sdk) => sdk.reloadFeatureFlags(),
    everything,
  ),

  read(
    'values that the app has brought along',
    { bootstrap: { featureFlags: { on: 'early', off: false, no: false, none: undefined }, featureFlagPayloads: { on: { a: 1 }, no: 2 } } },
    (sdk) => reads(sdk, 'on', 'off', 'no', 'variant'),
    (sdk) => sdk.reloadFeatureFlags(),
    (sdk) => reads(sdk, 'on', 'off', 'no', 'variant'),
  ),

  flaggedVisits('values that the app has brought along where others are known', async (visitor) => {
    const bootstrap = { featureFlags: { on: 'early', no: false } };
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.arrives({ flags: true, settings: { bootstrap } });
    await visitor.does(readsAll);
    await visitor.does((sdk) => reads(sdk, 'on', 'no', 'variant'));
    await visitor.meets({ status: 500 });
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.does((sdk) => reads(sdk, 'on', 'no', 'variant'));
  }),

  flaggedVisits('values that are too old', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.arrives({
      settings: false,
      before: (token) => {
        edit(`ph_${token}_posthog`, (props) => props.$feature_flag_evaluated_at
          ? { ...props, $feature_flag_evaluated_at: Date.now() - 3_600_000 }
          : props);
        localStorage.removeItem(`hoglet_flags_${token}`);
      },
    });
    await visitor.meets({ status: 500 });
    await visitor.does((sdk, token) => {
      start(token, withFlags({ feature_flag_cache_ttl_ms: 60_000 }));
      return ['on', 'variant'].map((key) => [sdk.getFeatureFlag(key), sdk.isFeatureEnabled(key), sdk.getFeatureFlagResult(key)]);
    }, visitor.token);
    await visitor.does((sdk) => sdk.capture('seen') && undefined);
  }),

  flaggedVisits('payloads of all kinds', async (visitor) => {
    const payloads = { text: '"welcome"', number: '7', list: '[1,{"a":null}]', broken: '{"a', nothing: 'null', none: undefined };
    const flags = Object.entries(payloads).map(([key, payload]) => [key, { metadata: { id: 1, payload } }]);
    await visitor.meets(answer(Object.fromEntries(flags)));
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.does((sdk, keys) => keys.map((key) => sdk.getFeatureFlagPayload(key)), Object.keys(payloads));
    await visitor.does((sdk, keys) => keys.map((key) => sdk.getFeatureFlagResult(key)), Object.keys(payloads));
  }),

  flaggedVisits('flags that the server could not evaluate', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(readsAll);
    await visitor.meets(
      answer({ on: { enabled: false, failed: true }, variant: { variant: 'red' }, new: {} }, { errorsWhileComputingFlags: true }),
    );
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.does((sdk) => [reads(sdk, 'on', 'variant', 'new'), sdk.getFeatureFlag('on'), sdk.getFeatureFlag('none')]);
  }),

  flaggedVisits('a quota that is used up', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(readsAll);
    await visitor.meets(answer({}, { quotaLimited: ['feature_flags'] }));
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.does((sdk) => [reads(sdk, 'on', 'variant'), sdk.getFeatureFlag('on'), sdk.getFeatureFlag('none')]);
  }),

  read(
    'early access',
    {},
    (sdk) => {
      sdk.updateEarlyAccessFeatureEnrollment('beta', true, 'beta');
      return sdk.getFeatureFlag('beta');
    },
    (sdk) => {
      sdk.updateEarlyAccessFeatureEnrollment('beta', false);
      return sdk.getFeatureFlag('beta');
    },
    (sdk) => new Promise((resolve) => sdk.getEarlyAccessFeatures((...args) => resolve(args), true)),
    (sdk) => new Promise((resolve) => sdk.getEarlyAccessFeatures((...args) => resolve(args))),
  ),

  read('the members of the flags', {}, (sdk) => [
    typeof sdk.featureFlags.override,
    typeof sdk.featureFlags.getRemoteConfigPayload,
    typeof sdk.featureFlags.setPersonPropertiesForFlags,
    typeof sdk.featureFlags.resetGroupPropertiesForFlags,
    typeof sdk.featureFlags.updateEarlyAccessFeatureEnrollment,
    typeof sdk.featureFlags.onFeatureFlags,
    typeof sdk.getFeatureFlag,
    typeof sdk.decideEndpointWasHit,
  ]),
];
