/**
 * What differs between what was seen of the two SDKs.
 *
 * @typedef {object} Difference
 * @property {string} path where: members from the outside in, joined by `/`
 * @property {unknown} [posthog] what posthog-js has there; absent where it has nothing
 * @property {unknown} [hoglet]
 */

/** What is made anew on every visit and stands in texts: random uuids, and times in two notations. */
const MADE = new RegExp(
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, /\b\d{13}\b/]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
/** Where things are stored, in what a step tells. */
const STORES = new Set(['cookies', 'localStorage', 'sessionStorage']);
const INSERT_ID = /^[0-9a-z]{16}$/;
/** Members that count the machine's time, or what is left of it. */
const VARYING = new Set([
  'tokens',
  '$lib_rate_limit_remaining_tokens',
  '$sdk_debug_extensions_init_time_ms',
  '$prev_pageview_duration',
]);
/** The two SDKs take the same steps within this time, in milliseconds. */
const SAME_TIME_MS = 60_000;
/** From when on a number of milliseconds, or of seconds, is taken for a time: 2017. */
const EARLIEST_TIME_MS = 1.5e12;

/** @returns {Difference[]} */
export function compare(posthog, hoglet) {
  const comparison = new Comparison();
  comparison.lists(posthog.steps, hoglet.steps, ['steps']);
  comparison.events(posthog.events, hoglet.events);
  return comparison.differences;
}

class Comparison {
  /** @type {Difference[]} */
  differences = [];
  /** Random ids are the same if each always stands where the other does. */
  #hogletIds = new Map();
  #posthogIds = new Map();

  /** Events are paired by their names in order, so that one too many is one difference. */
  events(posthog, hoglet) {
    for (const [one, other] of paired(posthog, hoglet, ({ event }) => event)) {
      this.members(one, other, ['events', (one ?? other).event]);
    }
  }

  lists(posthog, hoglet, path) {
    for (let index = 0; index < Math.max(posthog.length, hoglet.length); index += 1) {
      this.members(posthog[index], hoglet[index], [...path, String(index + 1)]);
    }
  }

  members(posthog, hoglet, path) {
    if (isStore(path) && (isObject(posthog) || isObject(hoglet))) [posthog, hoglet] = [stored(posthog), stored(hoglet)];
    if (posthog === undefined || hoglet === undefined || !areObjects(posthog, hoglet)) {
      if (!this.#isSame(posthog, hoglet, path)) this.differences.push({ path: path.join('/'), posthog, hoglet });
    } else if (Array.isArray(posthog)) {
      this.lists(posthog, hoglet, path);
    } else {
      const names = new Set([...Object.keys(posthog), ...Object.keys(hoglet)]);
      for (const name of [...names].sort()) this.members(posthog[name], hoglet[name], [...path, name]);
    }
  }

  #isSame(posthog, hoglet, path) {
    const name = path.at(-1);
    if (typeof posthog === 'number' && typeof hoglet === 'number') {
      if (isRow(path)) return this.#isSameId(posthog, hoglet);
      return VARYING.has(name) || isSameNumber(posthog, hoglet);
    }
    if (typeof posthog !== 'string' || typeof hoglet !== 'string') return posthog === hoglet;
    if (name === '$insert_id' && INSERT_ID.test(posthog) && INSERT_ID.test(hoglet)) return this.#isSameId(posthog, hoglet);
    if (posthog.replaceAll(MADE, '') !== hoglet.replaceAll(MADE, '')) return false;
    const ofPosthog = posthog.match(MADE) ?? [];
    const ofHoglet = hoglet.match(MADE) ?? [];
    return ofPosthog.length === ofHoglet.length && ofPosthog.every((made, index) => this.#isSameMade(made, ofHoglet[index]));
  }

  #isSameMade(posthog, hoglet) {
    const [one, other] = [time(posthog), time(hoglet)];
    return one && other ? isSameTime(one, other) : this.#isSameId(posthog, hoglet);
  }

  #isSameId(posthog, hoglet) {
    if (!this.#hogletIds.has(posthog) && !this.#posthogIds.has(hoglet)) {
      this.#hogletIds.set(posthog, hoglet);
      this.#posthogIds.set(hoglet, posthog);
    }
    return this.#hogletIds.get(posthog) === hoglet && this.#posthogIds.get(hoglet) === posthog;
  }
}

/** Whether it is what is stored under one name. */
function isStore([first, , where, name, ...inside]) {
  return first === 'steps' && STORES.has(where) && name !== undefined && inside.length === 0;
}

/** Whether it is a flag's number in the collector's database, in which each visitor's project has its own flags. */
function isRow(path) {
  const [where, name] = path.slice(-2);
  return name === '$feature_flag_id' || (where === 'metadata' && name === 'id');
}

/** A store without anything is none, and lists of names, such as of what goes with the session, have no order. */
function stored(value) {
  if (value === undefined) return {};
  return Array.isArray(value) ? Object.fromEntries(value.map((name) => [name, true])) : value;
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function areObjects(one, other) {
  return isObject(one) && isObject(other) && Array.isArray(one) === Array.isArray(other);
}

function isSameNumber(one, other) {
  if (one >= EARLIEST_TIME_MS && other >= EARLIEST_TIME_MS) return isSameTime(one, other);
  const isSeconds = one >= EARLIEST_TIME_MS / 1000 && other >= EARLIEST_TIME_MS / 1000;
  return one === other || (isSeconds && isSameTime(one * 1000, other * 1000));
}

/** In milliseconds; 0 for what is no time. */
function time(made) {
  return Number(made) || (made.endsWith('Z') ? Date.parse(made) : 0);
}

function isSameTime(one, other) {
  return Math.abs(one - other) < SAME_TIME_MS;
}

/** Pairs two lists along their longest common subsequence of keys; what has no partner stands alone. */
function paired(ones, others, key) {
  const lengths = Array.from({ length: ones.length + 1 }, () => new Array(others.length + 1).fill(0));
  for (let i = ones.length - 1; i >= 0; i -= 1) {
    for (let j = others.length - 1; j >= 0; j -= 1) {
      lengths[i][j] =
        key(ones[i]) === key(others[j]) ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < ones.length || j < others.length) {
    if (i < ones.length && j < others.length && key(ones[i]) === key(others[j])) {
      pairs.push([ones[i], others[j]]);
      i += 1;
      j += 1;
    } else if (j === others.length || (i < ones.length && lengths[i + 1][j] >= lengths[i][j + 1])) {
      pairs.push([ones[i], undefined]);
      i += 1;
    } else {
      pairs.push([undefined, others[j]]);
      j += 1;
    }
  }
  return pairs;
}
