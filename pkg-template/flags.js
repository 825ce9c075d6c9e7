// @ts-check
/**
 * The visitor's flags as the page sees them: what the core knows of them, kept in JavaScript so that reading costs next to
 * nothing, and those who wait for it.
 */

import { ask } from './asking.js'
import { Refusal, attempt } from './guard.js'
import { Listeners } from './listeners.js'
import { hasGivenUp } from './rescue.js'
import { asText } from './values.js'

/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./index.js').FeatureFlagsReloadResult} Reload */

/**
 * What the core knows, as it answers `flags`.
 *
 * @typedef {object} Known
 * @property {Record<string, boolean | string>} values with overrides applied
 * @property {Record<string, any>} payloads the same; what the server has told is JSON in a text
 * @property {'server' | 'cache' | 'bootstrap' | 'local' | ''} source where they are from; empty if nothing is known
 * @property {boolean} fresh whether the server, or the app in its place, has answered on this page
 * @property {boolean} ready whether there was an answer, a failure, bootstrap or an update on this page
 * @property {boolean} failed whether the last request failed
 * @property {number} until when they are stale, in milliseconds since the epoch; 0 is never
 */

/** @type {Known} */
const NOTHING = { values: {}, payloads: {}, source: '', fresh: false, ready: false, failed: false, until: 0 }

/** The longest time that browsers wait for, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1

export class Flags {
  /** @type {Host | undefined} */
  #host
  #known = NOTHING
  /** Until when that holds without asking the core: a time in milliseconds since the epoch. */
  #until = 0
  /** The flags of which the core has been told that they were read. @type {Set<string>} */
  #read = new Set()
  #listeners = new Listeners()
  #isTelling = false
  /** Whether a listener has had its reload, since the app has last changed something. */
  #hasReloaded = false
  /** Those who wait for fresh flags. @type {Set<(outcome: string) => void>} */
  #waiting = new Set()
  /** Those who wait for what comes of a request, and for how many. @type {{ resolve: (reload: Reload) => void, left: number }[]} */
  #reloads = []
  /** The flags of which the console has said something. @type {Set<string>} */
  #noted = new Set()

  /** Whether the server is being asked. */
  isLoading = false
  /** Whether the flags that the app began with are in force as far as that is known. */
  isBootstrapped = true

  /** Works with the core of that host from now on. @param {Host} host */
  start(host) {
    this.#host = host
    this.drop()
  }

  /** The host's core is another one. */
  restart() {
    this.drop()
    // What the former core has asked for is answered to nobody.
    this.#settle('error', true)
  }

  /** There will be no other core: what is known stays. @param {'error' | 'cancelled'} [outcome] */
  giveUp(outcome = 'error') {
    for (const look of [...this.#waiting]) look('error')
    this.#settle(outcome, true)
  }

  end() {
    this.#listeners.clear()
    this.drop()
    this.#known = NOTHING
    this.#host = undefined
    this.giveUp('cancelled')
    this.#read.clear()
    this.#noted.clear()
    this.isLoading = false
    this.isBootstrapped = true
  }

  /** What was known may have changed. */
  drop() {
    this.#until = 0
  }

  /** The app has asked the core for something that may change them. */
  change() {
    this.drop()
    if (!this.#isTelling) this.#hasReloaded = false
  }

  /**
   * The core's news.
   *
   * @param {boolean} isChanged whether those who listen are to be told
   * @param {string} outcome what came of a request, if one has ended: `loaded`, `error` or `cancelled`
   */
  hear(isChanged, outcome) {
    this.drop()
    this.isBootstrapped = this.known.source == 'bootstrap'
    if (outcome) this.isLoading = false
    for (const look of [...this.#waiting]) look(outcome)
    if (outcome) this.#settle(outcome)
    if (isChanged) this.#tell()
  }

  /** @throws {Refusal} before `init` and after `shutdown` */
  get host() {
    if (this.#host) return this.#host
    throw new Refusal('was called before init() or after shutdown() and ignored')
  }

  /** What the core has under a name; nothing before there is a core. @param {string} name @param {string} [first] */
  look(name, first) {
    return this.#host && ask(this.#host.core, name, first)
  }

  get known() {
    if (this.#until != Infinity && !(Date.now() < this.#until)) this.#refresh()
    return this.#known
  }

  get isFresh() {
    const { source, fresh } = this.known
    return fresh || source == 'bootstrap'
  }

  /**
   * A flag's value, undefined if it has none.
   *
   * @param {string} key
   * @param {import('./index.js').FeatureFlagOptions | undefined} options
   * @returns {boolean | string | undefined}
   */
  value(key, options) {
    const { values, source, fresh, ready } = this.known
    if (options?.fresh && !fresh) return
    const value = values[key]
    // Overrides are known before anything else is.
    if (value === undefined && !source && !ready) {
      this.#note(key, 'was read before any flags were known')
      return
    }
    if (options?.send_event !== false && !this.#read.has(key)) this.#wasRead(key)
    return value
  }

  /**
   * @param {string} key
   * @returns {import('./index.js').FeatureFlagResult | undefined} undefined if the flag has no value
   */
  result(key) {
    const value = this.known.values[key]
    if (value === undefined) return
    const variant = typeof value == 'string' ? value : undefined
    return { key, enabled: !!value, variant, payload: this.#payload(key) }
  }

  /** @param {import('./index.js').FeatureFlagsCallback} listener @returns {() => void} ends it */
  listen(listener) {
    let told = ''
    const tell = () => {
      const { values, payloads, failed, source } = this.known
      const on = Object.entries(values).filter(([, value]) => value)
      const contents = asText([on, payloads])
      // One that comes while the news is on its way is told at once, and not again; nor is anybody after a trap.
      if (told == contents) return
      told = contents
      listener(
        on.map(([key]) => key),
        Object.fromEntries(on),
        { errorsLoading: failed, source },
      )
    }
    const stop = this.#listeners.add('', tell)
    const { source, ready } = this.known
    if (source || ready) this.#whileTelling(() => attempt('a listener', tell))
    return stop
  }

  /** @param {number} timeout in milliseconds @returns {Promise<boolean>} whether the flags are fresh by then */
  ready(timeout) {
    return new Promise((resolve) => {
      if (this.isFresh) return resolve(true)
      if (!this.#host || hasGivenUp() || (this.known.failed && !this.isLoading)) return resolve(false)
      const finish = (/** @type {boolean} */ isReady) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(isReady)
      }
      const look = (/** @type {string} */ outcome) => {
        if (this.isFresh) finish(true)
        // After a reset they are asked for anew.
        else if (outcome && outcome != 'cancelled') finish(false)
      }
      const timer = setTimeout(() => finish(false), Math.min(timeout, MAX_TIMEOUT))
      this.#waiting.add(look)
    })
  }

  /** Has the server asked. @returns {Promise<Reload>} what came of it; never rejects */
  reload() {
    const { host } = this
    if (this.#isTelling && this.#hasReloaded) {
      // Flags that are others each time would be asked for without end.
      if (host.settings.debug) console.warn('[hoglet] flags are not reloaded by a listener that hears of its own reload')
      return Promise.resolve({ status: 'skipped' })
    }
    const answer = host.change('reload_flags')
    this.#hasReloaded = this.#isTelling
    if (answer == 'skipped' || hasGivenUp()) return Promise.resolve({ status: 'skipped' })
    this.isLoading = true
    // What a request under way answers was asked for earlier: it is the one after it that counts.
    return new Promise((resolve) => this.#reloads.push({ resolve, left: answer == 'follows' ? 2 : 1 }))
  }

  #refresh() {
    const text = this.look('flags')
    // A core that has failed knows nothing. What was known holds until there is another one.
    if (!text) return
    this.#known = JSON.parse(text)
    // Any text can be a flag's key, also what objects inherit.
    Object.setPrototypeOf(this.#known.values, null)
    Object.setPrototypeOf(this.#known.payloads, null)
    // What is stale already is so until there is news.
    const { until } = this.#known
    this.#until = until > Date.now() ? until : Infinity
    this.#read.clear()
  }

  /** @param {string} key */
  #wasRead(key) {
    // Who is told of the event may read the flag as well.
    this.#read.add(key)
    const { host } = this
    host.events.take(host.change('flag_called', String(key)))
  }

  /** @param {string} key */
  #payload(key) {
    const payload = this.known.payloads[key]
    // What the app does to it is its own.
    if (typeof payload != 'string') return payload && JSON.parse(asText(payload))
    try {
      return JSON.parse(payload)
    } catch {
      this.#note(key, 'has a payload that is no JSON: it is handed over as a text', true)
      return payload
    }
  }

  #tell() {
    this.#whileTelling(() => this.#listeners.tell(''))
  }

  /** @param {() => void} tell */
  #whileTelling(tell) {
    const before = this.#isTelling
    this.#isTelling = true
    tell()
    this.#isTelling = before
  }

  /** @param {string} outcome of a request @param {boolean} [isLast] whether no other is to come */
  #settle(outcome, isLast = outcome == 'cancelled') {
    for (const reload of this.#reloads.splice(0)) {
      // @ts-expect-error the core's words are those of the type
      if (isLast || --reload.left == 0) reload.resolve({ status: outcome })
      else this.#reloads.push(reload)
    }
  }

  /** Says something of a flag in the console, once. @param {string} key @param {string} note @param {boolean} [isSaid] without debug too */
  #note(key, note, isSaid = this.#host?.settings.debug) {
    const text = 'the flag ' + JSON.stringify(key) + ' ' + note
    if (!isSaid || this.#noted.has(text)) return
    this.#noted.add(text)
    console.warn('[hoglet] ' + text)
  }
}
