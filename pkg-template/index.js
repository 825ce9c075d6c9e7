// @ts-check
/**
 * The entry `hoglet`: a client that keeps what is asked of it until the core has arrived.
 *
 * Everything in this file is on the app's critical path, so it holds only what cannot wait.
 */

import { PRIMARY, another, title } from './instances.js'

/** @typedef {import('./client.js').Client} Client */

/**
 * How the names of methods begin that can be called before the core is there: those that promise something, those that call
 * back, those that can wait even for a later page, and those that have no answer yet. That is shorter than the names, and true
 * of those to come.
 */
const NAMES =
  /^(?:(flush|shut|reload.*Async)|(on|get[ER])|(a[dl]|cap|cl|cre|deb|gro|ide|opt_|ove|re|set|sta|sto|un|up)|get|is)/

/**
 * What forbids to store anything of the visitor without the core, in the settings, the choice behind them and the calls: they
 * have refused or may have, or are not to be recognised. Where that is not sure, nothing is stored.
 */
const UNSTORED = /memory|sessionSt|cookieless|opt_out_[cp]|consent_p|disable_(p|coo)|_dnt|]0$/i

/** What brings the core forward when it is to wait for the visitor. */
const INTERACTIONS = ['pointerdown', 'keydown', 'visibilitychange']

/** @type {typeof import('./core.js') | undefined} */
let core
/** @type {Promise<void> | undefined} */
let loading
/** What each client does when the core arrives. @type {(() => void)[]} */
const starts = []
/** Whether a client wants to know what goes wrong. */
let debug = false

const hasPage = () => typeof document == 'object'

/** What of the app's cannot be read is left for the client to tell. @param {() => any} read */
const attempt = (read) => {
  try {
    return read()
  } catch {}
}

const load = async () => {
  if (!hasPage()) return
  await (loading ||= import('./core.js').then(
    (module) => {
      core = module
      for (const start of starts) start()
    },
    (error) => {
      // What waits goes on waiting, and the visitor's next interaction tries again.
      loading = undefined
      loadOnInteraction()
      if (debug) console.error('[hoglet] the core could not be loaded', error)
    },
  ))
}

const loadOnInteraction = () => {
  const stop = new AbortController()
  const start = () => {
    stop.abort()
    load()
  }
  for (const event of INTERACTIONS) addEventListener(event, start, { capture: true, signal: stop.signal })
}

/** @param {string} own the client's name @returns {any} */
const create = (own) => {
  /** The real client, once it is there. @type {any} */
  let client
  /** What was asked for before, in order. @type {import('./client.js').Call[]} */
  let calls = []

  /** The page is left before the core has come: a later page's core makes the calls that can wait for it. */
  const leave = () => {
    attempt(() => {
      const { token } = early.config
      const others = calls.filter((call) => !call.waits)
      const text = calls.map((call) => (call.waits && attempt(() => JSON.stringify(call) + '\n')) || '').join('')
      const choice = localStorage['__ph_opt_in_out_' + token]
      if (!text || UNSTORED.test(JSON.stringify(others.map(({ args }) => args)) + choice) || text.includes('"opt_out_c')) return
      localStorage['hoglet_calls_' + token + '_' + (Date.now() + Math.random())] = text
      calls = others
    })
  }

  const start = () => {
    removeEventListener('pagehide', leave)
    // From here on calls go straight to the client, also those that `loaded` makes while `init` is replayed.
    client = new /** @type {any} */ (core).Client(hoglet, own)
    client.replay(calls)
    calls = []
  }

  /**
   * @param {string} method
   * @param {any[]} args
   * @param {string} [part] of the client that has the method, if it is not the client itself
   * @param {boolean} [waits] whether a later page will do
   * @returns {any} the call
   */
  const keep = (method, args, part, waits) => {
    if (!hasPage()) return {}
    // What the app changes in its objects after the call does not belong to the call.
    const copies = args.map((argument) => attempt(() => argument.constructor == Object && { ...argument }) || argument)
    const call = { method, args: copies, part, waits, time: Date.now(), url: location.href, title: document.title }
    calls.push(call)
    return call
  }

  /** What comes of a call, once the core has come. @param {string} method @param {any[]} args @param {string} [part] */
  const deliver = async (method, args, part) => {
    const call = keep(method, args, part)
    await load()
    return call.answer ?? { sent: 0, remaining: calls.filter(({ method }) => method == 'capture').length }
  }

  /**
   * What the app holds of the client: all that there is early, and then the real thing.
   *
   * @param {any} early
   * @param {string} [part] of the client, if it is not the client itself
   * @param {any} [members] what it has at all times
   */
  const front = (early, part, members = {}) => {
    const now = () => (part ? client?.[part] : client) || early
    return new Proxy(members, {
      get(_, /** @type {any} */ name) {
        if (name in members) return members[name]
        const holder = now()
        if (name in holder ? typeof holder[name] != 'function' : client || !NAMES.test(String(name))) return holder[name]
        // Which of the two answers is seen when it is called, for an app may hold on to a method.
        return (/** @type {any[]} */ ...args) => {
          if (name in now()) return now()[name](...args)
          const [, promises, asks, tells] = /** @type {any} */ (NAMES.exec(name))
          if (promises) return deliver(name, args, part)
          if (!asks && !tells) return args[1]?.defaultValue
          const call = keep(name, args, part, tells)
          if (asks) {
            return () => {
              call.answer?.()
              call.method = ''
            }
          }
        }
      },
      has: (_, name) => name in members || name in now(),
    })
  }

  const none = () => ({})
  const no = () => false
  const featureFlags = front(
    {
      getFlags: () => [],
      getFlagVariants: none,
      getFlagPayloads: none,
      getFlagsWithDetails: none,
      hasLoadedFlags: false,
    },
    'featureFlags',
  )

  /** What the client has and does until the core is there. @type {any} */
  const early = {
    /** @param {string} token @param {any} config */
    init(token, config) {
      const settings = attempt(() => ({ ...config }))
      early.config = { ...settings, token }
      debug ||= early.config.debug
      keep('init', [token, settings || config])
      const when = early.config.load
      if (!hasPage()) return
      addEventListener('pagehide', leave)
      if (when == 'manual') return
      if (when == 'eager') return load()
      loadOnInteraction()
      // Safari has no idle callbacks.
      if (when != 'interaction') window.requestIdleCallback?.(load, { timeout: 2000 }) ?? setTimeout(load, 200)
    },
    /** @param {any} config */
    set_config(config) {
      const changes = attempt(() => ({ ...config }))
      Object.assign(early.config, changes)
      keep('set_config', [changes || config])
    },
    async flagsReady(timeout = 1000) {
      const over = hasPage() && new Promise((end) => setTimeout(end, timeout))
      return (await Promise.race([deliver('flagsReady', [timeout]), over])) === true
    },
    getAllFeatureFlags: () => [],
    get_session_id: () => '',
    get_session_replay_url: () => '',
    getGroups: none,
    get_explicit_consent_status: () => 'pending',
    has_opted_in_capturing: no,
    has_opted_out_capturing: no,
    is_capturing: no,
    calculateEventProperties: (/** @type {string} */ event, /** @type {any} */ properties) => properties,
    config: {},
    people: front({}, 'people'),
    featureFlags,
    feature_flags: featureFlags,
    flagsEndpointWasHit: false,
    decideEndpointWasHit: false,
    persistence: undefined,
    sessionPersistence: undefined,
    sessionManager: undefined,
    version: undefined,
    __loaded: false,
    _events_queue: [],
  }

  const hoglet = front(early, undefined, {
    /** @param {string} token @param {any} [config] @param {string} [name] */
    init(token, config, name) {
      const other = another(primary, own, name, create)
      if (other) return other.init(token, config)
      ;(client || early).init(token, config)
      return hoglet
    },
    load,
    toString: () => title(own),
  })
  if (core) start()
  else starts.push(start)
  return hoglet
}

const primary = create(PRIMARY)

export default primary
