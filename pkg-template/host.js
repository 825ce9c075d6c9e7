// @ts-check
/** What a client's core lives in: it is made here, its news is heard here, and after a trap it is replaced here. */

import { ask } from './asking.js'
import { engine } from './engine.js'
import { Events } from './events.js'
import { attempt, complain } from './guard.js'
import { Journals } from './journals.js'
import { keep, kept } from './keeping.js'
import { partsOf } from './page-settings.js'
import { bereft, hasGivenUp, hosts } from './rescue.js'
import { parsed } from './stored.js'
import { asWhole } from './values.js'

/** @typedef {import('./index.js').FlushResult} FlushResult */

export class Host {
  #token
  #settings
  #listeners
  /** @type {import('./session.js').Session | undefined} */
  #session
  #page
  #flags
  #minted
  /** The ids that the app begins with, as long as they are stored nowhere. @type {any} */
  #bootstrap
  /** @type {Journals | undefined} */
  #journals
  /** Those who wait for everything to have been tried. @type {((result: FlushResult) => void)[]} */
  #flushes = []
  /** What was asked for in this task that is stored at its end. @type {[string, ...string[]][]} */
  #changes = []
  /** How many events were delivered. */
  #sent = 0

  /**
   * @param {string} token
   * @param {any} settings looked at again after each trap
   * @param {import('./listeners.js').Listeners} listeners
   * @param {import('./session.js').Session} session
   * @param {import('./page.js').Page} page
   * @param {import('./flags.js').Flags} flags
   * @param {string} [minted] an id that the app may know already, for a device that has none
   */
  constructor(token, settings, listeners, session, page, flags, minted) {
    this.#token = token
    this.#settings = settings
    this.#listeners = listeners
    this.#session = session
    this.#page = page
    this.#flags = flags
    this.#minted = minted
    this.#bootstrap = settings.bootstrap
    this.events = new Events(settings, listeners)
    // Where there can be no core there is none to lose.
    engine()
    hosts.add(this)
    this.core = this.#start()
    flags.start(this)
  }

  /** The app's settings, as they are now. */
  get settings() {
    return this.#settings
  }

  #start() {
    const hear = (/** @type {string} */ what, /** @type {string[]} */ ...strings) => this.#hear(what, strings)
    const { create, name } = engine()
    const settings = { ...this.#settings, ...partsOf(this.#settings), 'engine.running': name }
    const core = create(this.#token, settings, this.#beginnings(), this.deviceId(this.#minted), hear)
    this.#journals = new Journals(this.#token, (name, ...strings) => ask(core, name, ...strings))
    this.events.start(core)
    return core
  }

  /** Goes on with a fresh core after a trap, from what is stored and what was about to be. */
  restart() {
    this.#journals?.end()
    this.core = this.#start()
    this.#flags.restart()
    this.events.repeat(this.#changes)
    this.events.take(ask(this.core, 'begin'))
    this.#session?.start(this.core)
    this.#page.resume()
    for (const event of this.#unstored()) ask(this.core, 'restore', event)
    if (this.#flushes.length) ask(this.core, 'flush')
  }

  /** Does without a core from now on. What was about to be stored is stored, for the next page. */
  giveUp() {
    this.#journals?.end()
    this.#flags.giveUp()
    const events = this.#unstored()
    this.#flushed(0, events.length)
    const { persistence, disable_persistence, cookieless_mode } = this.#settings
    if (persistence != 'memory' && !disable_persistence && !cookieless_mode) keep(this.#token, events)
  }

  /**
   * Asks the core for a change, which the next core makes as well if this one traps before it is stored.
   *
   * @param {string} name
   * @param {string[]} texts
   */
  change(name, ...texts) {
    const answer = ask(this.core, name, ...texts)
    // That a flag was read changes none.
    if (name != 'flag_called') this.#flags.change()
    // What trapped would trap again.
    if (!bereft.has(this) && this.#changes.push([name, ...texts]) == 1) {
      // The core's own microtask comes before this one.
      queueMicrotask(() => {
        if (!bereft.has(this)) this.#changes = []
      })
    }
    return answer
  }

  /** What the app's hook makes of a fresh device id; empty without both, for the core mints its own. */
  deviceId(minted = '') {
    const { get_device_id } = this.#settings
    if (typeof get_device_id != 'function') return minted
    const id = attempt('get_device_id()', () => get_device_id(minted || engine().uuid()))
    if (id && typeof id == 'string') return id
    complain('get_device_id() gives an id, a string: what it gave was ignored')
    return ''
  }

  /** Sends what waits. Resolves when all of it has been tried once. @returns {Promise<FlushResult>} */
  flush() {
    return new Promise((resolve) => {
      this.#flushes.push(resolve)
      ask(this.core, 'flush')
      if (hasGivenUp()) this.#flushed(0, 0)
    })
  }

  /** Ends the core when all that waits has been tried once, but after that time at the latest. @param {number} timeout */
  end(timeout) {
    this.#session = undefined
    const before = this.#sent
    const timer = setTimeout(
      () => this.#flushed(this.#sent - before, (parsed(ask(this.core, 'events_queue')) ?? []).length),
      timeout,
    )
    return this.flush().then((result) => {
      clearTimeout(timer)
      hosts.delete(this)
      bereft.delete(this)
      ask(this.core, 'shutdown')
      this.#journals?.end()
      this.core.free()
      return result
    })
  }

  /**
   * Takes the core's news: what there is stands at `Core.new` in src/api/client.rs.
   *
   * @param {string} what
   * @param {string[]} strings
   */
  #hear(what, strings) {
    const [first, second, third] = strings
    if (what == 'delivered') this.#sent += +first
    if (what == 'settled') this.#settled()
    else if (what == 'captured') this.events.hear(first)
    else if (what == 'flags') this.#flags.hear(!!first, second)
    else if (what == 'flags_reloading') this.#reloading()
    else if (what == 'session') this.#began(first, second, third)
    else if (what == 'flushed') this.#flushed(+first, +second)
    // What is left is for the app: numbers, and a reason.
    else if (!this.#journals?.does(what, strings)) {
      this.#listeners.tell(what, ...strings.map((text) => (isNaN(+text) ? text : +text)))
    }
  }

  /** @param {string} session @param {string} window @param {string} reason why another session has begun */
  #began(session, window, reason) {
    // Flags may be told once a session.
    this.#flags.drop()
    this.#session?.changed(session, window, reason)
  }

  #reloading() {
    this.#flags.isLoading = true
    this.#listeners.tell('featureFlagsReloading', true)
  }

  /**
   * What to begin with, as JSON: the app's flags as long as nothing took their place, and its ids, unless ids are stored or
   * events have some.
   */
  #beginnings() {
    const { featureFlags, featureFlagPayloads } = this.#flags.isBootstrapped ? Object(this.#settings.bootstrap) : {}
    const event = this.#bootstrap && this.events.unsettled.at(-1)
    const { $session_id: sessionID, distinct_id: distinctID, $is_identified: isIdentifiedID } =
      (event && JSON.parse(event).properties) || {}
    const ids = sessionID ? { distinctID, isIdentifiedID, sessionID } : this.#bootstrap
    return asWhole({ ...ids, featureFlags, featureFlagPayloads }, this.#settings)
  }

  /** Events that are not stored, for all that the app knows. */
  #unstored() {
    const text = kept(this.#token)
    // Up to its uuid, with which it begins, an event is the same everywhere.
    return this.events.unsettled.filter((event) => !text.includes(event.slice(0, 46)))
  }

  /** All events so far are stored or on their way. */
  #settled() {
    this.events.unsettled = []
    // Who it was that captured them is stored as well, if at all.
    if (this.#settings.persistence != 'memory') this.#bootstrap = undefined
  }

  /** @param {number} sent @param {number} remaining */
  #flushed(sent, remaining) {
    for (const resolve of this.#flushes.splice(0)) resolve({ sent, remaining })
  }
}
