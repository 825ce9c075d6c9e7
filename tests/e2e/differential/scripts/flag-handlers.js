import { answer, flagged, flaggedVisits, reset } from './flags.js';

const HEARS = { hears: true };

/** What handlers of flags hear, and when. */
export const flagHandlers = [
  flagged('handlers hear the first answer', HEARS),
  flagged('handlers hear the same answer again', HEARS, (sdk) => sdk.reloadFeatureFlags()),
  flagged('handlers hear what has changed', HEARS, (sdk) => sdk.setPersonPropertiesForFlags({ plan: 'pro' })),

  flagged(
    'handlers hear what the app changes',
    HEARS,
    (sdk) => sdk.featureFlags.overrideFeatureFlags({ on: 'mine', variant: false }),
    (sdk) => sdk.featureFlags.overrideFeatureFlags(false),
    (sdk) => sdk.updateFlags({ new: 'x' }, {}, { merge: true }),
    (sdk) => sdk.updateEarlyAccessFeatureEnrollment('beta', true),
  ),

  flagged('handlers that come late', {}, (sdk) => sdk.onFeatureFlags(hear) && undefined),

  flagged('handlers that leave', {}, (sdk) => {
    const leave = sdk.onFeatureFlags(hear);
    leave();
    leave();
    sdk.updateFlags({ new: true });
  }),

  flagged('handlers that throw', {}, (sdk) => {
    attempt(() =>
      sdk.onFeatureFlags(() => {
        throw new Error('in the handler');
      }),
    );
    sdk.onFeatureFlags(hear);
    sdk.updateFlags({ new: true });
  }),

  flagged('handlers hear of reset', HEARS, reset),
  flagged('handlers hear of somebody who is identified', HEARS, (sdk) => sdk.identify('ada', { plan: 'pro' })),
  flagged('handlers hear of somebody else who is identified', HEARS, (sdk) => sdk.identify('ada'), (sdk) => sdk.identify('bob')),

  flagged('handlers hear what the app has brought along', {
    ...HEARS,
    bootstrap: { featureFlags: { early: 'x', no: false }, featureFlagPayloads: { early: 1 } },
  }),

  flaggedVisits('handlers hear of a failure', async (visitor) => {
    await visitor.meets({ status: 500 });
    await visitor.arrives({ flags: true, settings: HEARS });
    await visitor.does(() => {});
    await visitor.meets();
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
  }),

  flaggedVisits('handlers hear of a failure after an answer', async (visitor) => {
    await visitor.arrives({ flags: true, settings: HEARS });
    await visitor.does(() => {});
    await visitor.meets({ status: 500 });
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
  }),

  flaggedVisits('handlers hear of a quota', async (visitor) => {
    await visitor.meets(answer({ on: {} }, { quotaLimited: ['feature_flags'] }));
    await visitor.arrives({ flags: true, settings: HEARS });
    await visitor.does(() => {});
    await visitor.does((sdk) => [sdk.featureFlags.hasLoadedFlags, sdk.getFeatureFlag('on')]);
  }),

  flaggedVisits('handlers hear of flags that could not be evaluated', async (visitor) => {
    await visitor.meets(answer({ on: {}, off: { failed: true } }, { errorsWhileComputingFlags: true }));
    await visitor.arrives({ flags: true, settings: HEARS });
    await visitor.does(() => {});
  }),

  flaggedVisits('handlers hear what is known from an earlier page', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.arrives({ settings: false });
    await visitor.does((sdk, token) => {
      const calls = [];
      start(token, withFlags());
      sdk.onFeatureFlags((...args) => void calls.push(args));
      return calls;
    }, visitor.token);
  }),

  flagged('the app hears of a reload', {}, (sdk) => {
    sdk.on('featureFlagsReloading', hear);
    sdk.reloadFeatureFlags();
    sdk.reloadFeatureFlags();
  }),
];
