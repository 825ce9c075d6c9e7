import { flagged, flaggedVisits, reset } from './flags.js';

/** When flags are asked for, and with what. */
export const flagRequests = [
  flagged('asked for at the beginning', {}),

  flagged(
    'identify asks',
    {},
    (sdk) => sdk.identify('ada', { plan: 'pro' }, { first: 1 }),
    (sdk) => sdk.identify('ada'),
    (sdk) => sdk.identify('ada', { plan: 'free' }),
    (sdk) => sdk.identify('ada', { plan: 'free' }),
  ),

  flagged(
    'identify with the anonymous id itself asks if there are properties',
    {},
    (sdk) => sdk.identify(sdk.get_distinct_id()),
    (sdk) => sdk.identify(sdk.get_distinct_id(), { plan: 'pro' }),
    (sdk) => sdk.identify(sdk.get_distinct_id(), { plan: 'free' }),
  ),

  flagged(
    'identify with another id asks',
    {},
    (sdk) => sdk.identify('ada', { plan: 'pro' }),
    (sdk) => sdk.identify('bob'),
  ),

  flagged(
    'reset asks',
    {},
    reset,
    (sdk) => {
      sdk.identify('ada', { plan: 'pro' });
      sdk.group('company', 'acorn', { size: 3 });
    },
    reset,
    (sdk) => {
      sdk.reset();
      sdk.identify('bob');
    },
  ),

  flagged(
    'groups ask',
    {},
    (sdk) => sdk.group('company', 'acorn'),
    (sdk) => sdk.group('company', 'acorn'),
    (sdk) => sdk.group('company', 'acorn', { size: 3 }),
    (sdk) => sdk.group('company', 'oak'),
    (sdk) => sdk.group('team', 'red', { size: 2 }),
    (sdk) => sdk.resetGroups(),
  ),

  flagged(
    'person properties ask',
    {},
    (sdk) => sdk.setPersonProperties({ plan: 'pro', size: 3 }, { first: 1 }),
    (sdk) => sdk.setPersonProperties({ plan: 'pro', size: 3 }, { first: 1 }),
    (sdk) => sdk.setPersonProperties({}, { first: 2 }),
    (sdk) => sdk.unsetPersonProperties(['size']),
  ),

  flagged(
    'events that set person properties ask',
    {},
    (sdk) => sdk.capture('seen', { $set: { plan: 'pro' } }) && undefined,
    (sdk) => sdk.capture('seen', {}, { $set: { size: 3 }, $set_once: { first: 1 } }) && undefined,
    (sdk) => sdk.capture('seen', {}, { $set_once: { first: 2 } }) && undefined,
    (sdk) => sdk.capture('seen', { $set: {} }) && undefined,
    (sdk) => sdk.capture('seen') && undefined,
  ),

  flagged(
    'an event that sets what is set already',
    {},
    (sdk) => sdk.capture('seen', { $set: { plan: 'pro' } }) && undefined,
    (sdk) => sdk.capture('seen', { $set: { plan: 'pro' } }) && undefined,
  ),

  flagged(
    'properties for flags ask',
    {},
    (sdk) => sdk.setPersonPropertiesForFlags({ plan: 'pro', size: 1 }),
    (sdk) => sdk.setPersonPropertiesForFlags({ plan: 'free' }, false),
    (sdk) => sdk.setPersonPropertiesForFlags({ $set: { age: 7 }, $set_once: { size: 9, first: 4 } }),
    (sdk) => sdk.setPersonPropertiesForFlags({}),
    (sdk) => sdk.resetPersonPropertiesForFlags(false),
    (sdk) => sdk.resetPersonPropertiesForFlags(),
  ),

  flagged(
    'properties of groups for flags ask',
    {},
    (sdk) => sdk.setGroupPropertiesForFlags({ company: { size: 1 } }),
    (sdk) => sdk.setGroupPropertiesForFlags({ company: { seats: 2 }, team: { size: 2 } }, false),
    (sdk) => sdk.resetGroupPropertiesForFlags('company'),
    (sdk) => sdk.reloadFeatureFlags(),
    (sdk) => sdk.resetGroupPropertiesForFlags(),
    (sdk) => sdk.reloadFeatureFlags(),
  ),

  flagged(
    'properties of groups for flags where nobody is to be a person',
    { person_profiles: 'never' },
    (sdk) => sdk.setGroupPropertiesForFlags({ company: { size: 1 } }),
    (sdk) => sdk.setPersonPropertiesForFlags({ plan: 'pro' }),
  ),

  flagged(
    'what is changed on the page asks nothing',
    {},
    (sdk) => sdk.updateFlags({ on: false }),
    (sdk) => sdk.featureFlags.overrideFeatureFlags({ on: true }),
    (sdk) => sdk.featureFlags.overrideFeatureFlags(false),
    (sdk) => sdk.getFeatureFlag('on'),
  ),

  flagged(
    'one request for all that happens in a task',
    {},
    (sdk) => {
      sdk.identify('ada', { plan: 'pro' });
      sdk.group('company', 'acorn', { size: 3 });
      sdk.reloadFeatureFlags();
      sdk.setPersonProperties({ size: 1 });
      sdk.setPersonPropertiesForFlags({ age: 7 });
    },
    async (sdk) => {
      const both = [sdk.featureFlags.reloadFeatureFlagsAsync(), sdk.featureFlags.reloadFeatureFlagsAsync()];
      return Promise.all(both);
    },
  ),

  flagged('one request follows what happens during another', {}, async (sdk) => {
    sdk.reloadFeatureFlags();
    await asking(1);
    sdk.reloadFeatureFlags();
    sdk.setPersonPropertiesForFlags({ plan: 'pro' });
    sdk.identify('ada');
    sdk.reloadFeatureFlags();
    await asking(2);
  }),

  flagged('reset during a request', {}, async (sdk) => {
    const reload = sdk.featureFlags.reloadFeatureFlagsAsync();
    await asking(1);
    sdk.reset();
    sdk.get_session_id();
    return reload;
  }),

  flaggedVisits('who the visitor was before is told until the server has answered', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.meets({ status: 500 });
    await visitor.does((sdk) => sdk.identify('ada'));
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.meets();
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
    await visitor.does((sdk) => sdk.reloadFeatureFlags());
  }),

  flaggedVisits('who the visitor was before is not told on the next page', async (visitor) => {
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
    await visitor.meets({ status: 500 });
    await visitor.does((sdk) => sdk.identify('ada'));
    await visitor.meets();
    await visitor.arrives({ flags: true });
    await visitor.does(() => {});
  }),

  ...['advanced_disable_flags', 'advanced_disable_feature_flags'].map((name) =>
    flagged(
      `none are asked for: ${name}`,
      { [name]: true },
      (sdk) => sdk.identify('ada', { plan: 'pro' }),
      (sdk) => sdk.featureFlags.reloadFeatureFlagsAsync(),
      (sdk) => [sdk.getFeatureFlag('on'), sdk.getAllFeatureFlags(), sdk.featureFlags.hasLoadedFlags],
    ),
  ),

  flagged('none are asked for at the beginning', { advanced_disable_feature_flags_on_first_load: true }, (sdk) =>
    sdk.identify('ada'),
  ),

  flagged('only those of surveys are asked for', { advanced_only_evaluate_survey_feature_flags: true }),

  flagged('some are asked for', { flag_keys: ['on', 'variant', '', 7], evaluation_contexts: ['web', '', 'docs', 7] }),
  flagged('some are asked for, by the former name', { evaluation_environments: ['web'] }),
  flagged('no keys are asked for', { flag_keys: [], evaluation_contexts: [] }),

  flagged(
    'none are asked for where the app has brought some',
    { bootstrap: { featureFlags: { on: true } } },
    (sdk) => sdk.reloadFeatureFlags(),
  ),

  flagged(
    'asked for without cookies',
    { cookieless_mode: 'always' },
    (sdk) => sdk.reloadFeatureFlags(),
    (sdk) => sdk.getFeatureFlag('variant'),
  ),

  flagged(
    'asked for while a visitor may still refuse cookies',
    { cookieless_mode: 'on_reject' },
    (sdk) => sdk.opt_out_capturing(),
    (sdk) => sdk.reloadFeatureFlags(),
  ),

  flagged(
    'a visitor who is opted out',
    {},
    (sdk) => sdk.opt_out_capturing(),
    (sdk) => sdk.reloadFeatureFlags(),
    (sdk) => sdk.getFeatureFlag('on'),
    (sdk) => sdk.opt_in_capturing({ captureEventName: null }),
  ),

  flagged('a visitor who has not opted in', { opt_out_capturing_by_default: true }, (sdk) => sdk.getFeatureFlag('on')),

  flagged('a device id', {}, (sdk) => {
    sdk.register({ $device_id: 'the-device' });
    sdk.reloadFeatureFlags();
  }),
];
