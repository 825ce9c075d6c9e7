// @ts-check
/**
 * The entry `hoglet/testing`: a client for an app's unit tests, which keeps what it is told in memory. It has no core: what
 * the core decides (sessions, bots, limits, redaction, properties of the page, delivery) does not happen.
 */

import { addFlags } from './feature-flags.js'
import { Flags } from './flags.js'
import { version } from './generated/version.js'
import { Refusal, complain, guard } from './guard.js'
import { PRIMARY, another, title } from './instances.js'
import { Listeners, isListener } from './listeners.js'
import { people } from './people.js'
import { readInTodaysNames } from './settings.js'
import { shorthands } from './shorthands.js'
import { parsed } from './stored.js'
import { TestFlags, flagHost } from './testing-flags.js'
import { beginnings, inMemory } from './testing-visitor.js'
import { asId, asJson, asNames, asOptions } from './values.js'

/** @typedef {import('./testing.js').TestClientOptions} Options */

const NOTHING = { sent: 0, remaining: 0 }
const SESSION = 'session-1'
const WINDOW = 'window-1'

/** Nothing throws into the app, and what it asked for in vain is said, without a page too. @param {string} what @param {() => any} action */
const say = (what, action) => {
  try {
    return action()
  } catch (error) {
    if (error instanceof Refusal) complain(what + ' ' + error.message)
    else complain(what + ' failed', error)
  }
}

class TestClient {
  static {
    Object.defineProperties(this.prototype, Object.getOwnPropertyDescriptors(shorthands))
    guard(this.prototype, say)
    addFlags(this.prototype)
    Object.assign(this.prototype, {
      /** @this {TestClient} @param {(features: any[]) => void} callback */
      getEarlyAccessFeatures(callback) {
        this.featureFlags.getEarlyAccessFeatures(callback)
      },
    })
  }

  #options
  #name
  /** @type {any} */
  #primary
  #now
  #listeners = new Listeners()
  #flags = new Flags()

  version = version
  __loaded = true
  /** @type {any[]} */
  _events_queue = []
  /** @type {any[]} */
  events = []
  people = people(this)
  featureFlags = new TestFlags(this.#flags)
  feature_flags = this.featureFlags

  /** @param {Options} options @param {string} [name] @param {any} [primary] */
  constructor(options, name = PRIMARY, primary) {
    this.#options = options
    this.#name = name
    this.#primary = primary || this
    this.#now = beginnings(options)
    this.#startFlags()
  }

  startOver() {
    for (const name of this.#now.names) delete (/** @type {any} */ (this)[name])
    this.#now = beginnings(this.#options)
    this.events.length = 0
    this.#listeners.clear()
    this.#flags.end()
    this.#startFlags()
  }

  #startFlags() {
    this.#flags.start(flagHost(this.#flags, this.#options, this.#now.config, (event, properties) => this.capture(event, properties)))
  }

  /** @param {string} token @param {any} [config] @param {string} [name] */
  init(token, config, name) {
    const create = (/** @type {string} */ name) => {
      this.#now.names.push(name)
      return new TestClient(this.#options, name, this.#primary)
    }
    const other = another(this.#primary, this.#name, name, create)
    if (other) return other.init(token, config)
    say('init()', () => {
      if (typeof token != 'string' || !token.trim()) throw new Refusal('needs the token of your PostHog project')
      Object.assign(this.#now.config, readInTodaysNames(config), { token: token.trim(), name: this.#name })
      const { loaded, bootstrap } = this.#now.config
      this.#become(bootstrap)
      if (bootstrap?.featureFlags) this.featureFlags.updateFlags(bootstrap.featureFlags, bootstrap.featureFlagPayloads)
      if (typeof loaded == 'function') say('loaded()', () => loaded(this))
    })
    return this
  }

  async load() {}

  ready = Promise.resolve()

  /** @param {string} event @param {any} [properties] @param {any} [options] */
  capture(event, properties, options) {
    if (!event || typeof event != 'string') throw new Refusal('needs the name of the event, a string')
    if (!this.is_capturing()) return
    const now = this.#now
    const { timestamp, uuid, set, set_once, unset } = asOptions(options, now.config) ?? {}
    const captured = {
      // The same in each run, so that it may stand in a snapshot.
      uuid: uuid || '00000000-0000-7000-8000-' + String((now.events += 1)).padStart(12, '0'),
      event,
      distinct_id: now.distinctId,
      timestamp: timestamp ? new Date(timestamp) : new Date(),
      properties: this.calculateEventProperties(event, properties),
      ...(set && { $set: parsed(set) }),
      ...(set_once && { $set_once: parsed(set_once) }),
      ...(unset && { $unset: parsed(unset) }),
    }
    if (event == '$pageview') now.pageview = captured.uuid
    this.events.push(captured)
    this.#listeners.tell('eventCaptured', captured)
    return captured
  }

  /** @param {string} event @param {any} [properties] */
  calculateEventProperties(event, properties) {
    const { registered, ofSession, groups } = this.#now
    const $groups = Object.keys(groups).length ? { $groups: { ...groups } } : {}
    return { ...registered, ...ofSession, ...$groups, ...this.#copy(properties) }
  }

  /** @param {string} id @param {any} [set] @param {any} [setOnce] */
  identify(id, set, setOnce) {
    const now = this.#now
    const [user, former] = [asId(id), now.distinctId]
    const wasAnonymous = !now.isIdentified
    now.distinctId = user
    now.isIdentified = true
    if (!wasAnonymous || user == former) return this.setPersonProperties(set, setOnce)
    now.person = JSON.stringify([user, set, setOnce])
    this.capture('$identify', { distinct_id: user, $anon_distinct_id: former }, { $set: set ?? {}, $set_once: setOnce ?? {} })
  }

  /** @param {string} alias @param {string} [original] */
  alias(alias, original) {
    const id = asId(alias)
    const from = original === undefined ? this.#now.distinctId : asId(original)
    if (id != from) return this.capture('$create_alias', { alias: id, distinct_id: from })
    this.identify(id)
    return -1
  }

  /** @param {any} [set] @param {any} [setOnce] */
  setPersonProperties(set, setOnce) {
    if (!set && !setOnce) return
    const person = JSON.stringify([this.#now.distinctId, set, setOnce])
    // The same once more says nothing.
    if (person == this.#now.person) return
    this.#now.person = person
    this.capture('$set', { $set: set || {}, $set_once: setOnce || {} })
  }

  /** @param {string | string[]} names */
  unsetPersonProperties(names) {
    const json = asNames(names)
    if (!json) return
    this.#now.person = ''
    this.capture('$set', { $unset: parsed(json) })
  }

  createPersonProfile() {
    this.setPersonProperties({}, {})
  }

  /** @param {string} type @param {string} key @param {any} [properties] */
  group(type, key, properties) {
    if (!type || !key) throw new Refusal('needs the type and the key of the group')
    const { groups } = this.#now
    const isNew = groups[type] != key
    groups[type] = String(key)
    const set = this.#copy(properties)
    if (!isNew && !set) return
    this.capture('$groupidentify', { $group_type: type, $group_key: String(key), ...(set && { $group_set: set }) })
  }

  getGroups() {
    return { ...this.#now.groups }
  }

  resetGroups() {
    this.#now.groups = {}
  }

  /** @param {any} [options] */
  reset(options) {
    const now = this.#now
    const { resetDeviceID = options === true, bootstrap } = Object(options)
    now.ids += 1
    if (resetDeviceID) now.devices += 1
    Object.assign(now, { distinctId: 'anonymous-' + now.ids, isIdentified: false, registered: {}, ofSession: {}, groups: {}, person: '' })
    this.#become(bootstrap)
  }

  /** @param {any} properties */
  register(properties) {
    Object.assign(this.#now.registered, this.#copy(properties))
  }

  /** @param {any} properties @param {any} [unless] */
  register_once(properties, unless = 'None') {
    const { registered } = this.#now
    for (const [name, value] of Object.entries(this.#copy(properties) ?? {})) {
      if (!(name in registered) || registered[name] === unless) registered[name] = value
    }
  }

  /** @param {any} properties */
  register_for_session(properties) {
    Object.assign(this.#now.ofSession, this.#copy(properties))
  }

  /** @param {string} name */
  unregister(name) {
    delete this.#now.registered[name]
  }

  /** @param {string} name */
  unregister_for_session(name) {
    delete this.#now.ofSession[name]
  }

  /** @param {string} name @returns {any} */
  get_property(name) {
    return this.persistence.props[name]
  }

  /** @param {string} name @returns {any} */
  getSessionProperty(name) {
    return this.#now.ofSession[name]
  }

  get_distinct_id() {
    return this.#now.distinctId
  }

  get_session_id() {
    return SESSION
  }

  get_session_replay_url() {
    return ''
  }

  getPageViewId() {
    return this.#now.pageview
  }

  /** @param {import('./index.js').SessionListener} listener */
  onSessionId(listener) {
    if (isListener(listener)) say('a listener', () => listener(SESSION, WINDOW))
    return () => {}
  }

  /** @param {string} event @param {(...details: any[]) => void} listener */
  on(event, listener) {
    return isListener(listener) ? this.#listeners.add(event, listener) : () => {}
  }

  /** @param {any} [options] */
  opt_in_capturing(options) {
    const { captureEventName: event = '$opt_in', captureProperties } = Object(options)
    const isNews = this.#now.consent != 'granted'
    this.#now.consent = 'granted'
    if (isNews && event) this.capture(event, captureProperties)
  }

  opt_out_capturing() {
    this.#now.consent = 'denied'
  }

  clear_opt_in_out_capturing() {
    this.#now.consent = 'pending'
  }

  has_opted_in_capturing() {
    return this.is_capturing()
  }

  has_opted_out_capturing() {
    return !this.is_capturing()
  }

  get_explicit_consent_status() {
    return this.#now.consent
  }

  is_capturing() {
    const { consent, config } = this.#now
    return consent == 'granted' || (consent == 'pending' && !config.opt_out_capturing_by_default)
  }

  /** @param {any} error @param {any} [properties] */
  captureException(error, properties) {
    const { name = 'Error', message = String(error) } = Object(error)
    return this.capture('$exception', { $exception_list: [{ type: name, value: message }], ...properties })
  }

  addExceptionStep() {}

  /** @param {any} config */
  set_config(config) {
    Object.assign(this.#now.config, readInTodaysNames(config))
  }

  async flush() {
    return NOTHING
  }

  async shutdown() {
    this.#listeners.clear()
    return NOTHING
  }

  get config() {
    return this.#now.config
  }

  get persistence() {
    const { distinctId: distinct_id, devices, registered, groups: $groups } = this.#now
    return inMemory({ distinct_id, $device_id: 'device-' + devices, $groups, ...registered })
  }

  get sessionPersistence() {
    return inMemory(this.#now.ofSession)
  }

  get sessionManager() {
    const session = { sessionId: SESSION, windowId: WINDOW, sessionStartTimestamp: 0, lastActivityTimestamp: 0 }
    return {
      checkAndGetSessionAndWindowId: () => session,
      onSessionId: (/** @type {any} */ listener) => this.onSessionId(listener),
    }
  }

  get flagsEndpointWasHit() {
    return this.featureFlags.hasLoadedFlags
  }

  get decideEndpointWasHit() {
    return this.featureFlags.hasLoadedFlags
  }

  toString() {
    return title(this.#name)
  }

  /** @param {any} bootstrap */
  #become(bootstrap) {
    if (!bootstrap?.distinctID) return
    this.#now.distinctId = bootstrap.distinctID
    this.#now.isIdentified = !!bootstrap.isIdentifiedID
  }

  /** A copy as JSON has it, which is what would arrive; nothing if there are no properties. @param {any} properties @returns {any} */
  #copy(properties) {
    return parsed(asJson(properties, this.#now.config))
  }
}

/** @param {Options} [options] @returns {any} */
export const createTestClient = (options = {}) => new TestClient(options)
