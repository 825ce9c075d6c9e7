import { flaggedVisits } from './flags.js';

const SPLIT = { split_storage: true };

/** A script of one page on which flags are stored by settings, and of another that finds them by others. */
function stored(name, settings, then = settings) {
  return flaggedVisits(name, async (visitor) => {
    await visitor.arrives({ flags: true, settings });
    await visitor.does(() => {});
    await visitor.does((sdk) => {
      sdk.getFeatureFlag('on');
      sdk.getFeatureFlag('none');
      sdk.featureFlags.overrideFeatureFlags({ flags: { off: 'mine' }, payloads: { off: 1 } });
      sdk.identify('ada', { plan: 'pro' });
      sdk.group('company', 'acorn', { size: 3 });
    });
    await visitor.arrives({ settings: false });
    await visitor.does((sdk, token, then) => {
      start(token, withFlags(then));
      return ['on', 'off', 'variant', 'pro'].map((key) => sdk.getFeatureFlag(key, { send_event: false }));
    }, visitor.token, then);
  });
}

/** Where flags are stored. */
export const flagStorage = [
  stored('stored with all else', {}),
  stored('stored in localStorage', { persistence: 'localStorage' }),
  stored('stored in a cookie', { persistence: 'cookie' }),
  stored('stored in sessionStorage', { persistence: 'sessionStorage' }),
  stored('stored in memory', { persistence: 'memory' }),
  stored('stored apart', SPLIT),
  stored('stored apart from localStorage', { ...SPLIT, persistence: 'localStorage' }),
  stored('not stored apart from a cookie', { ...SPLIT, persistence: 'cookie' }),
  stored('stored apart from now on', {}, SPLIT),
  stored('stored apart no more', SPLIT, {}),
];
