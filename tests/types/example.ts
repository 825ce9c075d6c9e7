/** What an app writes, and what the types must not let it write. */

import hoglet from 'hoglet';
import type {
  BeforeSend,
  CaptureOptions,
  CaptureResult,
  Config,
  FlushResult,
  Hoglet,
  LazyHoglet,
  Properties,
  SessionChange,
} from 'hoglet';
import eager from 'hoglet/eager';

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
  bootstrap: { distinctID: 'ada', isIdentifiedID: true },
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

const id: string | undefined = hoglet.get_distinct_id();
const token: string | undefined = client.config.token;
const waiting: number = client._events_queue.length;

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
// @ts-expect-error the eager client has nothing to load
eager.load();

export { aliased, calculated, company, consents, id, loaded, over, properties, replay, second, set, started };
export { status, stops, stored, time, token, uuid, waiting };
