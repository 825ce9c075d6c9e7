/**
 * What a test has at hand on a page that takes either SDK, with the same address and the same settings. Neither is
 * fetched before `use` is called, so that a test can change what is stored first.
 */

const SDKS = {
  hoglet: {
    entry: '/hoglet/eager.js',
    settings: {},
    // Nobody can see when something is packed.
    flags: { disable_compression: true },
    async deliver(instances) {
      for (const instance of instances) instance.flush();
      await until(() => instances.every((instance) => !instance._events_queue?.length));
    },
  },
  'posthog-js': {
    entry: '/static/module.js',
    // Each event goes at once, in a request that is made within the call.
    settings: { request_batching: false, disable_compression: true },
    // The script that it would begin with instead says the same, and nobody can see when it is there.
    flags: { disable_external_dependency_loading: true },
    async deliver() {
      while (requestsUnderWay.size > 0) await Promise.allSettled(requestsUnderWay);
    },
  },
};

/** Nothing happens that no step asked for, and the collector on the page's origin gets all events. */
const SETTINGS = {
  api_host: location.origin,
  opt_out_useragent_filter: true,
  advanced_disable_flags: true,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  capture_dead_clicks: false,
  capture_exceptions: false,
  capture_heatmaps: false,
  capture_performance: false,
  disable_conversations: true,
  disable_product_tours: true,
  disable_session_recording: true,
  disable_surveys: true,
  disable_web_experiments: true,
  disableDeviceModel: true,
  rageclick: false,
};

const DELIVERY_MS = 10_000;

/** Longer than both SDKs wait for more changes before they ask for flags, in milliseconds. */
const FLAGS_DEBOUNCE_MS = 30;

const instances = new Set();
const requestsUnderWay = new Set();
/** The requests for flags since the last step. @type {{ url: string, body: unknown }[]} */
let asked = [];
let heard = [];
let hasFlags = false;
let used;

/** Fetches an SDK and makes it `window.sdk`. */
window.use = async (name) => {
  used = SDKS[name];
  watchRequests();
  window.sdk = (await import(used.entry)).default;
};

/** The settings that both SDKs get, with those of a step. */
window.settings = (own) => ({ ...SETTINGS, ...used.settings, ...own });

/** The settings of a step in which the server is asked for flags, and `heard` tells what handlers hear if it `hears`. */
window.withFlags = ({ hears, ...own } = {}) => {
  hasFlags = true;
  const loaded = hears && { loaded: (sdk) => void sdk.onFeatureFlags(hear) };
  return { advanced_disable_flags: false, ...used.flags, ...loaded, ...own };
};

/** A handler whose calls are told with the step. */
window.hear = (...args) => void heard.push(args);

/** Waits until so many requests for flags have begun in this step. What follows comes before any answer to the last. */
window.asking = async (count) => {
  while (asked.length < count) await nextTask();
};

/** Waits until whatever was begun for flags has come to its end. */
window.settled = async () => {
  do {
    // What the SDK does with an answer, it does in the next task at the latest.
    while (requestsUnderWay.size > 0) await Promise.allSettled(requestsUnderWay).then(nextTask);
    // Of two timers that are armed one after the other, the longer one fires later, however slow the machine is.
    await new Promise((resolve) => setTimeout(resolve, FLAGS_DEBOUNCE_MS));
  } while (requestsUnderWay.size > 0);
};

/** Initialises the SDK, or one more instance of it. */
window.start = (token, own, name) => {
  const instance = sdk.init(token, settings(own), name);
  instances.add(instance);
  return instance;
};

/**
 * Runs a step and tells what it returned, which flags were asked for and what handlers have heard, and what is stored when the
 * collector has answered for all events.
 */
window.step = async (action) => {
  const returned = tell(await action());
  await nextTask();
  if (hasFlags) await settled();
  await used.deliver([...instances]);
  // The SDK hears of the answer in a task of its own.
  await nextTask();
  const since = { asked: tell(asked), heard: tell(heard) };
  [asked, heard] = [[], []];
  return { returned, ...since, ...stored() };
};

/** What a call does: its value, or that it throws. */
window.attempt = (call) => {
  try {
    return call();
  } catch {
    return 'throws';
  }
};

/** What is stored for this site, decoded as far as it is JSON. */
window.stored = () => ({
  cookies: decoded(cookies().map(([name, value]) => [name, decodeURIComponent(value)])),
  localStorage: decoded(Object.entries(localStorage)),
  sessionStorage: decoded(Object.entries(sessionStorage)),
});

/** Forgets what former visitors have left on this site, as far as that is not bound to a tab. */
window.forget = () => {
  localStorage.clear();
  for (const [name] of cookies()) document.cookie = `${name}=; max-age=0; path=/`;
};

/** Changes the stored object of a name wherever one is stored. Only for a page without an SDK, which would write its own. */
window.edit = (name, change) => {
  for (const storage of [localStorage, sessionStorage]) {
    const text = storage.getItem(name);
    if (text !== null) storage.setItem(name, JSON.stringify(change(JSON.parse(text))));
  }
  const cookie = stored().cookies[name];
  if (cookie) document.cookie = `${name}=${encodeURIComponent(JSON.stringify(change(cookie)))}; path=/; max-age=86400`;
};

function cookies() {
  const all = document.cookie.split('; ').filter(Boolean);
  return all.map((cookie) => {
    const at = cookie.indexOf('=');
    return [cookie.slice(0, at), cookie.slice(at + 1)];
  });
}

function decoded(entries) {
  return Object.fromEntries(entries.map(([name, text]) => [name, json(text) ?? text]));
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as JSON that keeps apart what JSON would not. */
function tell(value) {
  if (value === undefined) return { is: 'undefined' };
  if (typeof value === 'function') return { is: 'function' };
  if (value instanceof Date) return { date: value.toISOString() };
  if (Array.isArray(value)) return value.map(tell);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(members(value).map((name) => [name, tell(value[name])]));
}

/** The event that `capture` returns has getters, which need not be its own. */
function members(value) {
  if (!('uuid' in value && 'event' in value)) return Object.keys(value).filter((name) => value[name] !== undefined);
  const known = ['uuid', 'event', 'timestamp', 'properties', '$set', '$set_once', '$unset'];
  return known.filter((name) => value[name] !== undefined);
}

/** Sees every request, until the SDK has read the answer, and keeps those for flags. */
function watchRequests() {
  const { fetch } = window;
  window.fetch = (...args) => {
    const [url, { body } = {}] = args;
    if (new URL(url, location.href).pathname === '/flags/') keepQuestion(url, body);
    return underWay(fetch(...args).then(watchAnswer));
  };
}

function watchAnswer(answer) {
  const text = answer.text.bind(answer);
  answer.text = () => underWay(text());
  return answer;
}

function underWay(promise) {
  requestsUnderWay.add(promise);
  promise.finally(() => requestsUnderWay.delete(promise)).catch(() => {});
  return promise;
}

function keepQuestion(url, body) {
  const { pathname, search } = new URL(url, location.href);
  asked.push({ url: pathname + search, body: JSON.parse(body) });
}

async function until(isDone) {
  const end = performance.now() + DELIVERY_MS;
  while (!isDone()) {
    if (performance.now() > end) throw new Error('events are not delivered');
    await nextTask();
  }
}

/** Not by a timer, which may take a second in a tab that is not in front. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}
