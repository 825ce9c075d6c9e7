/** What an app writes, and what the types must not let it write. */

import hoglet from 'hoglet';
import type { CaptureOptions, CaptureResult, Config, Hoglet, LazyHoglet } from 'hoglet';
import eager from 'hoglet/eager';

const config: Config = {
  api_host: '/ingest',
  endpoint: '/i/v0/e/',
  load: 'interaction',
  batch_size: 20,
  batch_interval: 1_000,
  disable_compression: true,
  loaded: (client: Hoglet) => client.register({ from: 'loaded' }),
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
  send_instantly: true,
};
const result: CaptureResult | undefined = hoglet.capture('bought', { at: new Date(), items: [1, 'two'] }, options);
const uuid: string | undefined = result?.uuid;
hoglet.capture('no properties');
hoglet.capture('no properties', null);

hoglet.identify('ada', { plan: 'pro' }, { first_plan: 'free' });
hoglet.register({ theme: 'dark' });
hoglet.set_config({ batch_size: 1 });
hoglet.reset(true);
hoglet.flush();
hoglet.debug(false);

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
// @ts-expect-error the eager client has nothing to load
eager.load();

export { id, loaded, token, uuid, waiting };
