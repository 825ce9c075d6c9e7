// @ts-check
/**
 * The entry `hoglet`: a client that keeps what is asked of it until the core has arrived.
 *
 * Everything in this file is on the app's critical path, so it holds only what cannot wait.
 */

import { PRIMARY, another, title } from './instances.js'
import { people } from './people.js'
import { readSettings } from './settings.js'

/** @typedef {import('./client.js').Client} Client */

/** How the names of methods begin that can wait for the core: shorter than the names, and true of those to come. */
const DEFERRED = /^(add|alias|capture|clear|create|debug|group|ident|opt_|reg|reset|set|start|stop|un)/

/**
 * What forbids to store anything of the visitor without the core, in the settings, the choice behind them and the calls: they
 * have refused or may have, or are not to be recognised. Where that is not sure, nothing is stored.
 */
const UNSTORED = /memory|sessionSt|cookieless|opt_out_[cp]|consent_p|disable_(p|coo)|_dnt|}0$/i

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

const load = () =>
  (loading ||= hasPage()
    ? import('./core.js').then(
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
      )
    : Promise.resolve())

const loadWhenIdle = () => {
  if (typeof requestIdleCallback == 'function') requestIdleCallback(load, { timeout: 2000 })
  else setTimeout(load, 200)
}

const loadOnInteraction = () => {
  const stop = new AbortController()
  const start = () => {
    stop.abort()
    load()
  }
  for (const event of INTERACTIONS) addEventListener(event, start, { capture: true, passive: true, signal: stop.signal })
}

/** @param {string} own the client's name @returns {any} */
const create = (own) => {
  /** The real client, once it is there. @type {any} */
  let client
  /** What was asked for before, in order. @type {import('./client.js').Call[]} */
  let calls = []

  /** The page is left before the core has come: a later page's core makes the calls that can wait for it. */
  const leave = () => {
    const { token } = early.config
    let text = ''
    for (const call of calls) {
      try {
        if (call.waits) text += JSON.stringify(call) + '\n'
      } catch {}
    }
    try {
      const choice = localStorage['__ph_opt_in_out_' + token]
      if (!text || UNSTORED.test(JSON.stringify(early.config) + choice) || text.includes('"opt_out_c')) return
      localStorage['hoglet_calls_' + token + '_' + (Date.now() + Math.random())] = text
      calls = calls.filter((call) => !call.waits)
    } catch {}
  }

  const start = () => {
    removeEventListener('pagehide', leave)
    // From here on calls go straight to the client, also those that `loaded` makes while `init` is replayed.
    client = new /** @type {any} */ (core).Client(hoglet, own)
    client.replay(calls)
    calls = []
  }

  /** @param {string} method @param {any[]} args @param {boolean} [waits] whether a later page will do */
  const keep = (method, args, waits) => {
    if (!hasPage()) return
    // What the app changes in its objects after the call does not belong to the call.
    const copies = args.map((argument) => {
      try {
        return argument && Object.getPrototypeOf(argument) == Object.prototype ? { ...argument } : argument
      } catch {
        return argument
      }
    })
    /** @type {import('./client.js').Call} */
    const call = { method, args: copies, time: Date.now(), url: location.href, title: document.title, waits }
    calls.push(call)
    return call
  }

  /** What comes of delivering, once the core has come. @param {string} method @param {any[]} args */
  const deliver = async (method, args) => {
    const call = keep(method, args)
    await load()
    return call?.answer ?? { sent: 0, remaining: calls.filter(({ method }) => method == 'capture').length }
  }

  /** @param {string} method @param {any[]} args the last one is the listener */
  const listen = (method, args) => {
    let listener = args.pop()
    keep(method, [...args, (/** @type {any[]} */ ...details) => listener?.(...details)])
    return () => {
      listener = undefined
    }
  }

  /** What the client has and does until the core is there. @type {any} */
  const early = {
    /** @param {string} token @param {any} config */
    init(token, config) {
      early.config = { ...readSettings(config), token }
      debug ||= early.config.debug
      keep('init', [token, early.config])
      const when = early.config.load || 'idle'
      if (!hasPage()) return
      addEventListener('pagehide', leave)
      if (when == 'manual') return
      if (when == 'eager') return load()
      loadOnInteraction()
      if (when == 'idle') loadWhenIdle()
    },
    /** @param {any} config */
    set_config(config) {
      const changes = readSettings(config)
      Object.assign(early.config, changes)
      keep('set_config', [changes])
    },
    flush: () => deliver('flush', []),
    shutdown: (/** @type {any[]} */ ...args) => deliver('shutdown', args),
    on: (/** @type {any[]} */ ...args) => listen('on', args),
    onSessionId: (/** @type {any[]} */ ...args) => listen('onSessionId', args),
    get_distinct_id() {},
    get_property() {},
    getSessionProperty() {},
    getPageViewId() {},
    get_session_id: () => '',
    get_session_replay_url: () => '',
    getGroups: () => ({}),
    get_explicit_consent_status: () => 'pending',
    has_opted_in_capturing: () => false,
    has_opted_out_capturing: () => false,
    is_capturing: () => false,
    calculateEventProperties: (/** @type {string} */ event, /** @type {any} */ properties) => properties,
    config: {},
    persistence: undefined,
    sessionPersistence: undefined,
    sessionManager: undefined,
    version: undefined,
    __loaded: false,
    _events_queue: [],
  }
  /** @type {any} */
  const hoglet = new Proxy(/** @type {any} */ ({ load, toString: () => title(own) }), {
    get(members, /** @type {any} */ name) {
      if (name in members) return members[name]
      const holder = client || early
      if (name in holder ? typeof holder[name] != 'function' : client || !DEFERRED.test(String(name))) return holder[name]
      // Which of the two answers is seen when it is called, for an app may hold on to a method.
      return (/** @type {any[]} */ ...args) => {
        const now = client || early
        if (name in now) return now[name](...args)
        keep(name, args, true)
      }
    },
    has: (members, name) => name in members || name in (client || early),
  })
  /** @param {string} token @param {any} [config] @param {string} [name] */
  hoglet.init = (token, config, name) => {
    const other = another(primary, own, name, create)
    if (other) return other.init(token, config)
    ;(client || early).init(token, config)
    return hoglet
  }
  hoglet.people = people(hoglet)
  if (core) start()
  else starts.push(start)
  return hoglet
}

const primary = create(PRIMARY)

export default primary
