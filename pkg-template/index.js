// @ts-check
/**
 * The entry `hoglet`: a client that keeps what is asked of it until the core has arrived.
 *
 * Everything in this file is on the app's critical path, so it holds only what cannot wait.
 */

import { readSettings } from './settings.js'

/** @typedef {import('./client.js').Client} Client */

/** The methods that can wait for the core. @type {const} */
const DEFERRED = ['capture', 'identify', 'reset', 'register', 'set_config', 'flush', 'debug']

/** What brings the core forward when it is to wait for the visitor. */
const INTERACTIONS = ['pointerdown', 'keydown', 'touchstart']

/** The real client, once it is there. @type {Client | undefined} */
let client
/** What was asked for before, in order. @type {import('./client.js').Call[]} */
let calls = []
/** @type {Promise<void> | undefined} */
let loading
/** @type {any} */
let settings = {}

const hasPage = () => typeof document == 'object'

const load = () =>
  (loading ||= import('./core.js').then(
    (core) => {
      // From here on calls go straight to the client, also those that `loaded` makes while `init` is replayed.
      client = new core.Client()
      for (const call of calls) client.replay(call)
      calls = []
    },
    (error) => {
      // What waits goes on waiting, and the visitor's next interaction tries again.
      loading = undefined
      loadOnInteraction()
      if (settings.debug) console.error('[hoglet] the core could not be loaded', error)
    },
  ))

/** @param {() => void} callback */
const whenIdle = (callback) =>
  typeof requestIdleCallback == 'function' ? requestIdleCallback(callback, { timeout: 2000 }) : setTimeout(callback, 200)

const loadOnInteraction = () => {
  const stop = new AbortController()
  const start = () => {
    stop.abort()
    load()
  }
  for (const event of INTERACTIONS) addEventListener(event, start, { capture: true, passive: true, signal: stop.signal })
  document.addEventListener('visibilitychange', start, { signal: stop.signal })
}

/** @type {any} */
const hoglet = {
  /** @param {string} token @param {any} [config] */
  init(token, config) {
    if (!hasPage()) return hoglet
    if (client) client.init(token, config)
    else {
      settings = { ...readSettings(config), token }
      keep('init', [token, settings])
      const when = settings.load || 'idle'
      if (when == 'eager') load()
      else if (when != 'manual') {
        loadOnInteraction()
        if (when == 'idle') whenIdle(load)
      }
    }
    return hoglet
  },
  /** Loads the core now. Resolves when everything asked for before has been done. */
  load: () => (hasPage() ? load() : Promise.resolve()),
  get_distinct_id: () => client?.get_distinct_id(),
  get config() {
    return client ? client.config : settings
  },
  get _events_queue() {
    return client ? client._events_queue : []
  },
}

/** @param {string} method @param {any[]} args */
const keep = (method, args) => {
  // What the app changes in its objects after the call does not belong to the call.
  const copies = args.map((argument) => {
    try {
      return argument && Object.getPrototypeOf(argument) == Object.prototype ? { ...argument } : argument
    } catch {
      return argument
    }
  })
  calls.push({ method, args: copies, time: Date.now(), url: location.href, client: hoglet })
}

for (const method of DEFERRED) {
  hoglet[method] = (/** @type {any[]} */ ...args) => {
    // @ts-expect-error the arguments are those of the method
    if (client) return client[method](...args)
    if (!hasPage()) return
    if (method == 'set_config') Object.assign(settings, (args[0] = readSettings(args[0])))
    keep(method, args)
    if (method == 'flush') load()
  }
}

export default hoglet
