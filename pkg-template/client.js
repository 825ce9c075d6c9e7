// @ts-check
/** The client as an app sees it: nothing that is asked of it, however wrong, throws into the app. */

import { engine } from './engine.js'
import { serialize } from './serialize.js'
import { readSettings } from './settings.js'

/**
 * A call that was made before the core was there.
 *
 * @typedef {object} Call
 * @property {string} method
 * @property {any[]} args
 * @property {number} time when, in milliseconds since the epoch
 * @property {string} url the page's address then
 * @property {any} client what `loaded` is given
 */

/** @typedef {import('./index.js').CaptureOptions} CaptureOptions */

export class Client {
  /** @type {import('./generated/glue.js').Core | undefined} */
  #core
  /** What the app has set, with what the core makes of it. @type {any} */
  #config = {}
  /** The call being replayed. @type {Call | undefined} */
  #call

  /** @param {string} token @param {any} [config] */
  init(token, config) {
    this.#guard('init', () => {
      if (typeof document != 'object') return
      if (this.#core) return this.#complain('init() was called again and ignored: one client has one project')
      if (typeof token != 'string' || !token.trim()) return this.#complain('init() needs the token of your PostHog project')
      this.#config = readSettings(config)
      const Core = engine()
      this.#core = new Core(token, this.#config)
      this.#readConfig()
      const app = this.#call ? this.#call.client : this
      // What `loaded` does happens now, whenever `init` was called.
      this.#call = undefined
      if (typeof this.#config.loaded == 'function') this.#config.loaded(app)
    })
    return this
  }

  /** @param {string} event @param {any} [properties] @param {CaptureOptions} [options] */
  capture(event, properties, options) {
    return this.#guard('capture', () => {
      if (!this.#ready('capture')) return
      if (typeof event != 'string') return this.#complain('capture() needs the name of the event, a string')
      const call = this.#call
      const uuid = this.#core?.capture(
        event,
        this.#json(properties),
        options && this.#options(options),
        call ? call.time : NaN,
        call?.url,
      )
      if (uuid) return { uuid, event, timestamp: options?.timestamp || new Date(call ? call.time : Date.now()) }
    })
  }

  /** @param {string} id @param {any} [set] @param {any} [setOnce] */
  identify(id, set, setOnce) {
    this.#guard('identify', () => {
      if (!this.#ready('identify')) return
      const call = this.#call
      if (typeof id != 'string' && typeof id != 'number') {
        return this.#complain('identify() needs the id of the user, a string')
      }
      this.#core?.identify(
        String(id),
        this.#json(set),
        this.#json(setOnce),
        call ? call.time : NaN,
        call?.url,
      )
    })
  }

  /** @param {boolean} [deviceToo] */
  reset(deviceToo) {
    this.#guard('reset', () => this.#ready('reset') && this.#core?.reset(!!deviceToo, this.#call ? this.#call.time : NaN))
  }

  /** @param {any} properties */
  register(properties) {
    this.#guard('register', () => this.#ready('register') && this.#core?.register(this.#json(properties)))
  }

  /** @param {any} config */
  set_config(config) {
    this.#guard('set_config', () => {
      if (!this.#ready('set_config')) return
      const changes = readSettings(config)
      Object.assign(this.#config, changes)
      this.#core?.set_config(changes)
      this.#readConfig()
    })
  }

  /** @param {boolean} [on] */
  debug(on = true) {
    this.set_config({ debug: on })
  }

  flush() {
    this.#guard('flush', () => this.#ready('flush') && this.#core?.flush())
  }

  get_distinct_id() {
    return this.#guard('get_distinct_id', () => this.#core?.distinct_id())
  }

  get config() {
    return this.#config
  }

  get _events_queue() {
    return this.#guard('_events_queue', () => JSON.parse(this.#core?.events_queue() || '[]')) || []
  }

  /** Does what was asked for before the core was there. @param {Call} call */
  replay(call) {
    this.#call = call
    // @ts-expect-error the method is one of this class
    this[call.method](...call.args)
    this.#call = undefined
  }

  #readConfig() {
    Object.assign(this.#config, this.#core?.config())
  }

  /**
   * What the app passes as a bag of properties, as JSON; empty if there is nothing to tell.
   *
   * @param {any} properties
   */
  #json(properties) {
    if (properties == undefined) return ''
    const json = serialize(properties, this.#config.properties_string_max_length, (note) => {
      if (this.#config.debug) console.warn('[hoglet] ' + note)
    })
    if (json[0] == '{') return json
    this.#complain('properties are an object: what was passed instead was left out')
    return ''
  }

  /** @param {CaptureOptions} options */
  #options(options) {
    const { timestamp, uuid, $set, $set_once, send_instantly } = options
    const time = timestamp == undefined ? NaN : new Date(timestamp).getTime()
    if (timestamp != undefined && isNaN(time)) this.#complain('a timestamp that is no date was ignored')
    return {
      timestamp: isNaN(time) ? '' : new Date(time).toISOString(),
      uuid,
      set: this.#json($set),
      set_once: this.#json($set_once),
      send_instantly,
    }
  }

  /** @param {string} method */
  #ready(method) {
    if (this.#core) return true
    // On a server there is nothing to say: the same code runs there on purpose.
    if (typeof document == 'object') this.#complain(method + '() was called before init() and ignored')
    return false
  }

  /**
   * Runs something that may fail; a failure is said, never thrown.
   *
   * @template T
   * @param {string} method
   * @param {() => T} action
   * @returns {T | undefined}
   */
  #guard(method, action) {
    try {
      return action()
    } catch (error) {
      console.error('[hoglet] ' + method + '() failed', error)
    }
  }

  /** @param {string} message @returns {undefined} */
  #complain(message) {
    console.error('[hoglet] ' + message)
  }
}
