/**
 * A page of a site: `?sdk=` says whose analytics it has, `?token=` the project, `?config=` settings beside the defaults, as
 * JSON, `?page=` its number. `window.site` is there as soon as the SDK is ready. With `?hasty=` the page does not wait for
 * that: as JSON, what to capture, and the address of the page to go to in the same task.
 */

const query = new URLSearchParams(location.search);
const token = query.get('token');
const page = Number(query.get('page'));

const SDKS = {
  hoglet: {
    async start(config) {
      const { default: hoglet } = await import('/hoglet/index.js');
      return hoglet.init(token, config);
    },
    ready: (hoglet) => hoglet.load?.(),
    async left(hoglet) {
      const stored = [...Object.keys(localStorage), ...(await archived())];
      return hoglet._events_queue.length + stored.filter(isOutbox).length;
    },
    isSafe: async () => (await archived()).some(isOutbox) && !Object.keys(localStorage).some(isOutbox),
  },
  'posthog-js': {
    async start(config) {
      const { default: posthog } = await import('/static/module.js');
      return posthog.init(token, config);
    },
    async ready() {},
    // It stores no events, and does not tell which wait in memory.
    left: async () => 0,
    isSafe: async () => true,
  },
};

const sdk = SDKS[query.get('sdk')];
const client = await sdk.start({
  api_host: location.origin,
  // A driven browser looks like a bot.
  opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
  ...JSON.parse(query.get('config')),
});

/** Captures events with numbers from `first` on, each of about so many bytes, however well they are compressed. */
function capture(first, count, bytes) {
  for (let n = first; n < first + count; n += 1) client.capture('captured', { n, page, text: noise(bytes) });
}

if (query.has('hasty')) {
  const { first, count, bytes, address } = JSON.parse(query.get('hasty'));
  capture(first, count, bytes);
  location.assign(address);
}

await sdk.ready(client);
window.site = {
  capture,
  /** Captures an event that no server takes, of so many bytes: in parts, for SDKs cut long texts. */
  captureTooLarge(bytes) {
    const part = 60_000;
    const parts = Array.from({ length: bytes / part }, () => noise(part));
    client.capture('too large', { parts });
  },
  /** How many events, or places where they may be stored, are left for delivery, as far as the SDK tells. */
  left: () => sdk.left(client),
  /** Whether what waits for delivery is where it survives the browser, as far as the SDK stores it. */
  isSafe: () => sdk.isSafe(),
};

function isOutbox(key) {
  return key.startsWith(`hoglet_outbox_${token}_`);
}

function noise(bytes) {
  let text = '';
  while (text.length < bytes) text += Math.random().toString(36).slice(2);
  return text.slice(0, bytes);
}

async function archived() {
  // To open a database that is not there would make one.
  const databases = await indexedDB.databases();
  if (!databases.some(({ name }) => name === 'hoglet')) return [];
  const database = await done(indexedDB.open('hoglet'));
  const keys = await done(database.transaction('outbox').objectStore('outbox').getAllKeys());
  database.close();
  return keys;
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
