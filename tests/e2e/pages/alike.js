/**
 * A client that is called at random, on a page whose clocks, chance, timers and network follow from a seed: what comes out
 * follows from the seed and from the core.
 */

const { clearTimeout: stopWaiting } = window;

/** Numbers below a limit, the same ones for a seed. */
function chance(seed) {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A text as a number that is another one for another text. */
function digest(text) {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return sum;
}

/** What a world does by chance follows from a seed from now on. @param {(limit: number) => number} below */
function tame(below, tell) {
  let now = 1_800_000_000_000;
  Date.now = () => now;
  performance.now = () => now - 1_800_000_000_000;
  Object.defineProperty(Event.prototype, 'timeStamp', { get: () => performance.now() });
  Math.random = () => below(1 << 30) / (1 << 30);
  crypto.getRandomValues = (bytes) => {
    for (const at of bytes.keys()) bytes[at] = below(256);
    return bytes;
  };
  for (const name of ['locks', 'sendBeacon']) Object.defineProperty(navigator, name, { value: undefined });
  Object.defineProperty(window, 'indexedDB', { value: undefined });
  // Neither waits for what the browser does meanwhile.
  let timers = [];
  let last = 0;
  window.setTimeout = (action, delay = 0) => {
    timers.push({ id: (last += 1), at: now + delay, action });
    return last;
  };
  window.clearTimeout = (id) => {
    timers = timers.filter((timer) => timer.id !== id);
    stopWaiting(id);
  };
  window.fetch = async (url, { body, method } = {}) => {
    tell(`${method} ${url} ${body}`);
    const status = [200, 200, 200, 200, 500, 429, 413, 0][below(8)];
    if (!status) throw new TypeError('offline');
    const flags = { a: { key: 'a', enabled: true, variant: ['x', 'y'][below(2)] }, b: { key: 'b', enabled: below(2) === 1 } };
    const text = String(url).includes('/flags') ? JSON.stringify({ flags, requestId: `r${below(99)}` }) : '{"status":"Ok"}';
    const answer = { status, ok: status === 200, headers: { get: () => null }, text: async () => text, json: async () => JSON.parse(text) };
    return Object.create(Response.prototype, Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, { value }])));
  };
  return (time) => {
    now += time;
    const due = timers.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at || one.id - other.id);
    timers = timers.filter(({ at }) => at > now);
    for (const { action } of due) action();
  };
}

/** Browsers soon ignore what changes the address more often within some seconds. */
const MOST_MOVES = 90;

/** Random arguments. */
function words(below) {
  const pick = (list) => list[below(list.length)];
  const name = () => pick(['plan', 'step', '$set', 'ü', '🦔', 'a'.repeat(200), '', '$groups', 'email', 'distinct_id', '__proto__', '0']);
  const value = (depth = 0) =>
    pick([
      () => below(1e9) - 5e8,
      () => below(1e6) / 7,
      () => pick([true, false, null, undefined, NaN, -0, 1e300, 5e-324]),
      () => pick(['', 'x', 'ada@example.com', '4111 1111 1111 1111', '\ud83e', 'שלום \0 \u2028', '\\"\n', 'ß'.repeat(below(3000))]),
      () => (depth > 3 ? 1 : Array.from({ length: below(5) }, () => value(depth + 1))),
      () => (depth > 3 ? {} : properties(depth + 1)),
    ])();
  const properties = (depth) => Object.fromEntries(Array.from({ length: below(5) }, () => [name(), value(depth)]));
  const id = () => pick(['ada', 'grace', 'null', '', 'ü'.repeat(below(40)), `visitor ${below(50)}`]);
  return { pick, name, value, properties, id };
}

/** What may be called. A call gives what is told of it. */
function calls(client, below, pass) {
  const { pick, name, value, properties, id } = words(below);
  const elements = document.querySelectorAll('main *');
  let moves = 0;
  const move = () => {
    moves += 1;
    if (moves <= MOST_MOVES) history.replaceState(null, '', `?utm_source=${below(20)}&email=ada@example.com#${below(9)}`);
  };
  const capture = () => client.capture(pick(['$pageview', 'bought', '', '🦔', `event ${below(9)}`]), properties());
  const seldom = (action) => () => (below(40) ? capture() : action());
  return [
    ...Array(12).fill(capture),
    () => client.capture('timed', properties(), { timestamp: new Date(1.7e12 + below(1e9)), $set: properties(), send_instantly: below(9) === 0 }),
    () => client.identify(id(), properties(), properties()),
    () => client.alias(id(), id()),
    () => client.group(pick(['company', 'team', '']), id(), properties()),
    () => client.register(properties()),
    () => client.register_once(properties(), pick(['None', 'x'])),
    () => client.register_for_session(properties()),
    () => client.unregister(name()),
    () => client.get_property(name()),
    () => client.setPersonProperties(properties(), properties()),
    () => client.calculateEventProperties('event', properties()),
    () => [client.get_distinct_id(), client.get_session_id(), client.getGroups()],
    () => client.captureException(new TypeError(String(value())), properties()),
    () => client.getFeatureFlag(pick(['a', 'b', 'c'])),
    () => client.updateFlags({ [pick(['a', 'b'])]: pick([true, false, 'x', 'ü']) }),
    () => void pick(elements).click(),
    seldom(move),
    () => pass(below(2000)),
    () => pass(below(60_000)),
    seldom(() => pass(below(7_200_000))),
    seldom(() => client.reset(below(2) === 1)),
    seldom(() => client.set_config({ mask_all_text: below(2) === 1, properties_string_max_length: below(2000), batch_size: 1 + below(100) })),
    seldom(() => client.opt_out_capturing()),
    () => client.opt_in_capturing(),
    seldom(() => client.reloadFeatureFlags()),
    seldom(() => void client.flush()),
  ];
}

/** Begins anew with a core chunk. */
async function begin(chunk, token, seed) {
  localStorage.clear();
  sessionStorage.clear();
  for (const cookie of document.cookie.split('; ')) document.cookie = `${cookie.split('=')[0]}=; max-age=0; path=/`;
  const { Client } = await import(`/hoglet/${chunk}`);
  const below = chance(seed);
  let told = [];
  const pass = tame(below, (text) => told.push(text));
  for (const type of ['submit', 'click']) addEventListener(type, (event) => event.preventDefault());
  const client = new Client();
  client.init(token, {
    api_host: location.origin,
    opt_out_useragent_filter: true,
    disable_compression: true,
    capture_performance: false,
    disableDeviceModel: true,
    redact: { urls: true, text: true, properties: true },
    // The one thing that is not to be the same.
    property_denylist: ['$lib_engine'],
  });
  const all = calls(client, below, pass);
  const make = async () => {
    told = [];
    const answer = all[below(all.length)]();
    told.push(String(JSON.stringify(answer)));
    for (let turn = 0; turn < 12; turn += 1) await null;
    return told.join('\n');
  };
  Object.assign(hoglet, {
    /** Makes so many calls and gives a digest of what came out of each. */
    async next(count) {
      const digests = [];
      for (let call = 0; call < count; call += 1) digests.push(digest(await make()));
      return digests;
    },
    /** Makes a call and gives what came out. */
    tell: make,
    stored: () => JSON.stringify(Object.entries(localStorage).filter(([key]) => key.includes(token)).sort()),
  });
}

window.hoglet = { begin };
