/** What an app writes, and what the types must not let it write. */

import hoglet from 'hoglet';
import type {
  BeforeSend,
  CaptureOptions,
  CaptureResult,
  Config,
  EarlyAccessFeature,
  FeatureFlagDetail,
  FeatureFlagResult,
  FeatureFlags,
  FeatureFlagsCallback,
  FeatureFlagsReloadResult,
  FlushResult,
  Hoglet,
  JsonType,
  LazyHoglet,
  Properties,
  SessionChange,
} from 'hoglet';
import { hideUntilFlags } from 'hoglet/anti-flicker';
import type { HideOptions } from 'hoglet/anti-flicker';
import eager from 'hoglet/eager';
import type { SnippetHoglet } from 'hoglet/snippet.js';
import { createTestClient } from 'hoglet/testing';
import type { TestEvent } from 'hoglet/testing';

const config: Config = {
  api_host: '/ingest',
  endpoint: '/i/v0/e/',
  load: 'interaction',
  batch_size: 20,
  batch_interval: 1_000,
  disable_compression: true,
  loaded: (client: Hoglet) => client.register({ from: 'loaded' }),
  defaults: '2026-08-30',
  person_profiles: 'always',
  bootstrap: {
    distinctID: 'ada',
    isIdentifiedID: true,
    featureFlags: { beta: true, layout: 'wide', gone: false },
    featureFlagPayloads: { layout: { columns: [1, 2, null] } },
  },
  flags_api_host: null,
  split_storage: true,
  advanced_disable_feature_flags_on_first_load: true,
  feature_flag_request_timeout_ms: 1_000,
  feature_flag_cache_ttl_ms: 60_000,
  remote_config_refresh_interval_ms: 0,
  evaluation_contexts: ['web'] as const,
  flag_keys: ['beta'],
  identity_cookie: 'shop_user',
  get_device_id: (uuid) => `shop-${uuid}`,
  internal_or_test_user_hostname: /^localhost$/,
  tracing_headers: ['api.example.com'],
  persistence: 'cookie',
  cookieless_mode: 'on_reject',
  opt_out_capturing_by_default: true,
  before_send: [(event) => (event.event === 'secret' ? null : { ...event, properties: { ...event.properties, a: 1 } })],
  // A setting of posthog-js that hoglet does not know.
  opt_out_useragent_filter: true,
};

const lazy: LazyHoglet = hoglet.init('phc_token', config);
const client: Hoglet = eager.init('phc_token');
const loaded: Promise<void> = lazy.load();

const options: CaptureOptions = {
  timestamp: new Date(),
  uuid: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  $set: { plan: 'pro' },
  $set_once: { seen: 1n },
  $unset: ['former'],
  send_instantly: true,
};
const result: CaptureResult | undefined = hoglet.capture('bought', { at: new Date(), items: [1, 'two'] }, options);
const uuid: string | undefined = result?.uuid;
const time: number | undefined = result?.timestamp.getTime();
const properties: Properties | undefined = result?.properties;
const set: Properties | undefined = result?.$set;
hoglet.capture('no properties');
hoglet.capture('no properties', null);

hoglet.identify('ada', { plan: 'pro' }, { first_plan: 'free' });
hoglet.register({ theme: 'dark' });
hoglet.register({ theme: 'dark' }, 30);
hoglet.register_once({ seen: 1 }, 'unknown', 30);
hoglet.register_for_session({ cart: 1 });
hoglet.unregister('theme');
hoglet.unregister_for_session('cart');

const aliased: CaptureResult | -1 | -2 | undefined = hoglet.alias('ada@example.com');
hoglet.setPersonProperties({ plan: 'pro' }, { first_plan: 'free' });
hoglet.setPersonProperties(undefined, { first_plan: 'free' });
hoglet.unsetPersonProperties('plan');
hoglet.unsetPersonProperties(['plan', 'first_plan']);
hoglet.people.set({ plan: 'pro' });
hoglet.people.set_once('first_plan', 'free', () => {});
hoglet.createPersonProfile();
hoglet.setInternalOrTestUser();
hoglet.group('company', 'acme', { size: 7 });
const company: string | undefined = hoglet.getGroups()['company'];
hoglet.resetGroups();

const stops: (() => void)[] = [
  hoglet.on('eventCaptured', (event) => console.log(event.event)),
  hoglet.on('delivered', (count: number) => console.log(count)),
  hoglet.on('dropped', (count: number, reason: string) => console.log(count, reason)),
  hoglet.on('retrying', (count: number, wait: number) => console.log(count, wait)),
  hoglet.on('*', (name, payload) => console.log(name.length, payload)),
  hoglet.onSessionId((session: string, window: string, change?: SessionChange) =>
    console.log(session, window, change?.activityTimeout),
  ),
];
hoglet.opt_in_capturing({ captureEventName: null });
hoglet.opt_out_capturing();
hoglet.clear_opt_in_out_capturing();
const status: 'granted' | 'denied' | 'pending' = hoglet.get_explicit_consent_status();
const consents: boolean[] = [hoglet.has_opted_in_capturing(), hoglet.has_opted_out_capturing(), hoglet.is_capturing()];
const calculated: Properties = hoglet.calculateEventProperties('seen', { a: 1 });
hoglet.captureTraceFeedback(7, 'good');
hoglet.captureTraceMetric('trace', 'tokens', 12);

const second: LazyHoglet = hoglet.init('phc_other', {}, 'second');
const stored: unknown = hoglet.persistence?.props['distinct_id'] ?? hoglet.get_property('distinct_id');
const started: number | undefined = hoglet.sessionManager?.checkAndGetSessionAndWindowId().sessionStartTimestamp;
const replay: string = hoglet.get_session_replay_url({ withTimestamp: true });
const hook: BeforeSend = (event) => event;
hoglet.set_config({ batch_size: 1 });
hoglet.set_config({ before_send: hook });
hoglet.reset(true);
hoglet.reset({ resetDeviceID: true, bootstrap: { distinctID: 'anonymous' } });
hoglet.debug(false);
const flushed: Promise<FlushResult> = hoglet.flush();
const over: Promise<number> = hoglet.shutdown(500).then(({ sent, remaining }) => sent + remaining);

const isOn: boolean | undefined = hoglet.isFeatureEnabled('beta');
const isOnFor: boolean = hoglet.isFeatureEnabled('beta', { defaultValue: false, send_event: false, fresh: true });
const value: string | boolean | undefined = hoglet.getFeatureFlag('layout', { send_event: false });
const flag: FeatureFlagResult | undefined = hoglet.getFeatureFlagResult('layout');
const columns: JsonType = flag?.payload ?? hoglet.getFeatureFlagPayload('layout');
const names: string[] = hoglet.getAllFeatureFlags().map(({ key, variant, enabled }) => variant ?? (enabled ? key : ''));
const heard: FeatureFlagsCallback = (keys, variants, context) => {
  if (!context?.errorsLoading) console.log(keys.length, variants['layout'] === 'wide', context?.source === 'cache');
};
// As posthog-js has it.
const heardLess = (flags: string[], variants: Record<string, string | boolean>, context?: { errorsLoading?: boolean }) =>
  console.log(flags, variants, context?.errorsLoading);
stops.push(hoglet.onFeatureFlags(heard), hoglet.onFeatureFlags(heardLess), hoglet.onFeatureFlags(() => {}));
stops.push(hoglet.on('featureFlagsReloading', (isReloading: boolean) => console.log(isReloading)));
const ready: Promise<boolean[]> = Promise.all([hoglet.flagsReady(), hoglet.flagsReady(200)]);
hoglet.reloadFeatureFlags();
hoglet.setPersonPropertiesForFlags({ plan: 'pro' });
hoglet.setPersonPropertiesForFlags({ $set: { plan: 'pro' }, $set_once: { first_plan: 'free' } }, false);
hoglet.resetPersonPropertiesForFlags();
hoglet.resetPersonPropertiesForFlags(false);
hoglet.setGroupPropertiesForFlags({ company: { size: 7 } }, false);
hoglet.resetGroupPropertiesForFlags('company');
hoglet.resetGroupPropertiesForFlags();
hoglet.updateFlags({ beta: true, layout: 'wide' }, { layout: { columns: 2 } }, { merge: true });
hoglet.getEarlyAccessFeatures((features: EarlyAccessFeature[]) => console.log(features[0]?.flagKey), true, ['beta']);
hoglet.updateEarlyAccessFeatureEnrollment('beta', true, 'beta');
const flags: FeatureFlags = hoglet.featureFlags === hoglet.feature_flags ? hoglet.featureFlags : eager.featureFlags;
flags.overrideFeatureFlags(false);
flags.overrideFeatureFlags(['beta']);
flags.overrideFeatureFlags({ layout: 'wide' });
flags.overrideFeatureFlags({ flags: { layout: 'wide' }, payloads: { layout: 1 }, suppressWarning: true });
flags.override({ beta: false }, true);
const known: [string[], Record<string, string | boolean>, Record<string, JsonType>] = [
  flags.getFlags(),
  flags.getFlagVariants(),
  flags.getFlagPayloads(),
];
const detail: FeatureFlagDetail | undefined = flags.getFeatureFlagDetails('beta') ?? flags.getFlagsWithDetails()['beta'];
const because: string | undefined = detail?.reason?.description;
const reloaded: Promise<FeatureFlagsReloadResult['status']> = flags.reloadFeatureFlagsAsync().then(({ status }) => status);
flags.getRemoteConfigPayload('layout', (payload: JsonType) => console.log(payload));
const hits: boolean[] = [flags.hasLoadedFlags, hoglet.flagsEndpointWasHit, hoglet.decideEndpointWasHit];

const hidden: HideOptions = { timeout: 300, element: document.body, until: 'fresh' };
const shown: Promise<boolean[]> = Promise.all([hideUntilFlags(hoglet), hideUntilFlags(eager, hidden)]);

const id: string | undefined = hoglet.get_distinct_id();
const token: string | undefined = client.config.token;
const waiting: number = client._events_queue.length;

const test: LazyHoglet = createTestClient();
const forTests = createTestClient({ distinctId: 'ada', flags: { beta: true, button: 'blue' }, payloads: { button: { size: 2 } } });
const events: TestEvent[] = forTests.events;
const [kept, visitor]: (string | undefined)[] = [events[0]?.event, events[0]?.distinct_id];
forTests.updateFlags({ beta: false });
forTests.startOver();

const onPage: SnippetHoglet = window.posthog;
onPage.push(['capture', 'bought', { items: 2 }], function () {
  this.identify('ada');
});

// @ts-expect-error an event has a name
hoglet.capture();
// @ts-expect-error an event's name is a string
hoglet.capture(7);
// @ts-expect-error properties are an object
hoglet.capture('event', 'text');
// @ts-expect-error there is no such moment
hoglet.init('phc_token', { load: 'sometimes' });
// @ts-expect-error a size is a number
hoglet.set_config({ batch_size: '20' });
// @ts-expect-error what waits is for reading
hoglet._events_queue.push({});
// @ts-expect-error an event that was taken is for reading
if (result) result.event = 'another';
// @ts-expect-error a hook gives back an event or nothing
hoglet.set_config({ before_send: () => true });
// @ts-expect-error there is no such place
hoglet.init('phc_token', { persistence: 'indexedDB' });
// @ts-expect-error a group has a key
hoglet.group('company');
// @ts-expect-error without a default it may be undefined
const unsure: boolean = hoglet.isFeatureEnabled('beta', { send_event: false });
// @ts-expect-error a flag's result is for reading
if (flag) flag.enabled = true;
// @ts-expect-error a variant is a text
hoglet.updateFlags({ layout: 7 });
// @ts-expect-error what is loaded is for reading
hoglet.featureFlags.hasLoadedFlags = true;
// @ts-expect-error there is no such moment
hideUntilFlags(hoglet, { until: 'sometimes' });
// @ts-expect-error a flag is on, off, or the name of a variant
createTestClient({ flags: { beta: 7 } });
// @ts-expect-error the eager client has nothing to load
eager.load();

export { aliased, because, calculated, columns, company, consents, hits, id, isOn, isOnFor, known, loaded, names, over };
export { properties, ready, reloaded, replay, second, set, shown, started, status, stops, stored, time, token, unsure, uuid };
export { kept, test, value, visitor, waiting };
