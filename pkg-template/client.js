// @ts-check
/** The client as an app sees it: nothing that is asked of it, however wrong, throws into the app. */

import { ask } from './asking.js'
import { asksForDebug, rememberDebug } from './debug.js'
import { beginWork, endWork, findOther } from './copies.js'
import { askForDeviceModel } from './device-model.js'
import { version } from './generated/version.js'
import { FeatureFlags, addFlags } from './feature-flags.js'
import { Flags } from './flags.js'
import { Refusal, attempt, complain } from './guard.js'
import { Host } from './host.js'
import { PRIMARY, another, title } from './instances.js'
import { Listeners, isListener } from './listeners.js'
import { Page } from './page.js'
import { addPageDefaults, partsOf } from './page-settings.js'
import { people } from './people.js'
import { guardCalls, revive } from './rescue.js'
import { Session } from './session.js'
import { addDatedDefaults, readHere } from './settings.js'
import { Replay } from './replaying.js'
import { shorthands } from './shorthands.js'
import { parsed, stored } from './stored.js'
import { readThrown, stackAbove } from './thrown.js'
import { Tracing } from './traced.js'
import { asId, asJson, asNames, asOptions, asText, asWhole } from './values.js'

/** @typedef {import('./replaying.js').Call} Call */
/** @typedef {import('./index.js').CaptureOptions} CaptureOptions */

/** What consent() of the core adds to the choice, which is one of these. */
const CHOICES = ['pending', 'granted', 'denied']
const OPTED_OUT = 4
const CAPTURING = 8
const UNSTORED = 16

/** What comes of delivering when there is no core. */
const NOTHING = { sent: 0, remaining: 0 }

export class Client {
  static {
    Object.defineProperties(this.prototype, Object.getOwnPropertyDescriptors(shorthands))
    guardCalls(this.prototype)
    addFlags(this.prototype)
  }

  /** @type {Host | undefined} */
  #host
  /** What the app has set, with what the core makes of it. @type {any} */
  #config = {}
  /** The object that the app holds. @type {any} */
  #app
  #name
  #primary
  #listeners = new Listeners()
  #session = new Session()
  #flags = new Flags()
  /** @type {Page | undefined} */
  #page
  #tracing = new Tracing(this)
  #replay = new Replay(
    this,
    () => this.#host,
    () => this.#watch(),
  )

  version = version
  people = people(this)
  #featureFlags = new FeatureFlags(this.#flags)
  featureFlags = this.#featureFlags
  /** What some call it. */
  feature_flags = this.featureFlags

  /**
   * @param {any} [app] what stands before this client in the app's sight
   * @param {string} [name]
   * @param {any} [primary] the client that the package exports, if it is not this one
   */
  constructor(app, name = PRIMARY, primary) {
    this.#app = app || this
    this.#name = name
    this.#primary = primary || this
  }

  /** @param {string} token @param {any} [config] @param {string} [name] */
  init(token, config, name) {
    const create = (/** @type {string} */ name) => new Client(undefined, name, this.#primary)
    const other = another(this.#primary, this.#name, name, create)
    if (other) return other.init(token, config)
    attempt('init()', () => this.#start(token, config))
    return this.#app
  }

  /** @param {string} token @param {any} config */
  #start(token, config) {
    if (typeof document != 'object') return
    if (typeof token != 'string' || !token.trim()) throw new Refusal('needs the token of your PostHog project')
    if (this.__loaded) {
      const { config } = this
      const advice = token.trim() == config.token ? '' : ': for a second project give init() a name as well'
      // Modules run again when their code changes, and then say the same.
      if (advice || config.debug) console.warn('[hoglet] init() was called again and ignored' + advice)
      return
    }
    const identity = this.#name + ' ' + token.trim()
    const settings = readHere(config)
    const other = findOther(this, identity)
    this.featureFlags = this.feature_flags = other?.featureFlags ?? this.#featureFlags
    if (other) {
      if (this.config.debug) console.warn('[hoglet] another copy of hoglet works for this project on the page')
      return this.#loaded(settings)
    }
    addDatedDefaults(settings)
    addPageDefaults(settings)
    settings.debug ??= asksForDebug()
    settings.bootstrap ??= {}
    this.#config = settings
    this.#page = new Page(settings, (name, ...texts) => this.#look(name, ...texts))
    const host = new Host(token.trim(), settings, this.#listeners, this.#session, this.#page, this.#flags, this.#replay.call?.uuid)
    const { core } = host
    this.#host = host
    beginWork(this, identity)
    this.#configured(settings)
    this.#replay.begin(this.#page)
    this.#take(ask(core, 'begin'))
    this.#replay.makeEarlier(settings.token)
    this.#session.start(core)
    const { _onCapture, internal_or_test_user_hostname: hostname } = settings
    if (typeof _onCapture == 'function') this.on('eventCaptured', (event) => _onCapture(event.event, event))
    this.#loaded(settings)
    if (hostname?.test?.(location.hostname) ?? hostname === location.hostname) shorthands.setInternalOrTestUser.call(this)
    this.#replay.watch()
  }

  #watch() {
    this.#page?.configure()
    this.#askForModel()
  }

  /** @param {any} settings */
  #loaded({ loaded }) {
    if (typeof loaded != 'function') return
    const { call } = this.#replay
    if (!call) attempt('loaded()', () => loaded(this.#app))
    // The entry has called it.
    else if (call.until === undefined) complain('loaded() failed')
  }

  /** Does what follows from settings, which the core has taken. @param {any} changes */
  #configured(changes) {
    Object.assign(this.#config, this.#host?.core.config(), { name: this.#name })
    if ('debug' in changes) rememberDebug(this.#config.debug)
    this.#host?.events.configure()
    this.#flags.change()
    this.#look('exceptions', asText(this.#config.error_tracking))
    if (this.#config.tracing_headers) this.#tracing.begin()
  }

  /** @param {string} event @param {any} [properties] @param {CaptureOptions} [options] */
  capture(event, properties, options) {
    const { core } = this.#started
    const { call } = this.#replay
    if (typeof event != 'string') throw new Refusal('needs the name of the event, a string')
    if (event == '$pageview') ask(core, 'titled', call?.title ?? document.title)
    const own = call?.uuid ? { uuid: call.uuid, ...options } : options
    return this.#take(core.capture(event, this.#json(properties), asOptions(own, this.#config)))
  }

  /** @param {string} id @param {any} [set] @param {any} [setOnce] */
  identify(id, set, setOnce) {
    this.#ask('identify', asId(id), this.#json(set), this.#json(setOnce))
  }

  /** @param {string} alias @param {string} [original] */
  alias(alias, original) {
    const { core } = this.#started
    const id = asId(alias)
    if (id === this.get_property('$people_distinct_id')) {
      complain('alias() was ignored: ' + id + ' is a person already')
      return -2
    }
    const from = original === undefined ? '' : asId(original)
    if (id != (from || ask(core, 'distinct_id')) || this.#config.person_profiles == 'never') {
      return this.#ask('alias', id, from)
    }
    console.warn('[hoglet] alias() was given the id that the visitor has: identify() is called instead')
    this.identify(id)
    return -1
  }

  /** @param {string} type @param {string} key @param {any} [properties] */
  group(type, key, properties) {
    if (!type || !key) throw new Refusal('needs the type and the key of the group')
    this.#ask('group', String(type), String(key), this.#json(properties))
  }

  /** @returns {Record<string, string>} */
  getGroups() {
    return this.get_property('$groups') || {}
  }

  resetGroups() {
    this.#ask('reset_groups')
  }

  /** @param {any} [set] @param {any} [setOnce] */
  setPersonProperties(set, setOnce) {
    if (set || setOnce) this.#ask('set_person_properties', this.#json(set), this.#json(setOnce))
  }

  /** @param {string | string[]} names */
  unsetPersonProperties(names) {
    const json = asNames(names)
    if (json) this.#ask('unset_person_properties', json)
  }

  createPersonProfile() {
    this.#ask('create_person_profile')
  }

  /** @param {any} properties @param {number} [days] */
  register(properties, days) {
    const json = this.#json(properties)
    if (json) this.#ask('register', json, asText(days))
  }

  /** @param {any} properties @param {any} [unless] @param {number} [days] */
  register_once(properties, unless = 'None', days) {
    const json = this.#json(properties)
    if (json) this.#ask('register_once', json, asText(days), asText(unless))
  }

  /** @param {any} properties */
  register_for_session(properties) {
    const json = this.#json(properties)
    if (json) this.#ask('register_for_session', json)
  }

  /** @param {string} name */
  unregister(name) {
    this.#ask('unregister', String(name))
  }

  /** @param {string} name */
  unregister_for_session(name) {
    this.#ask('unregister_for_session', String(name))
  }

  /** @param {string} name @returns {any} */
  get_property(name) {
    return parsed(this.#look('property', String(name)))
  }

  /** @param {string} name @returns {any} */
  getSessionProperty(name) {
    return parsed(this.#look('session_property', String(name)))
  }

  get_distinct_id() {
    return this.#look('distinct_id')
  }

  get_session_id() {
    return this.#session.id()
  }

  getPageViewId() {
    return this.#look('pageview_id') || undefined
  }

  /** @param {{ withTimestamp?: boolean, timestampLookBack?: number }} [options] */
  get_session_replay_url(options) {
    return this.#session.replayUrl(this.#config, options ?? {})
  }

  /** @param {import('./index.js').SessionListener} listener */
  onSessionId(listener) {
    return isListener(listener) ? this.#session.listen(listener) : () => {}
  }

  /** @param {string} event @param {(...details: any[]) => void} listener */
  on(event, listener) {
    return isListener(listener) ? this.#listeners.add(event, listener) : () => {}
  }

  /** @param {boolean | import('./index.js').ResetOptions} [options] */
  reset(options) {
    const { resetDeviceID = options === true, bootstrap } = Object(options)
    this.#ask('reset', resetDeviceID ? 'yes' : '', this.#started.deviceId(this.#replay.call?.uuid), asWhole(bootstrap, this.#config))
  }

  /** @param {any} config */
  set_config(config) {
    const { core } = this.#started
    const changes = readHere(config)
    Object.assign(this.#config, changes)
    core.set_config({ ...changes, ...partsOf(this.#config) })
    this.#configured(changes)
    this.#page?.configure()
  }

  /** @param {import('./index.js').OptInOptions} [options] */
  opt_in_capturing(options) {
    const { captureEventName: event = '$opt_in', captureProperties } = Object(options)
    this.#ask('opt_in', typeof event == 'string' ? event : '', this.#json(captureProperties))
    // What was heard of somebody who was not to be recognised is forgotten.
    this.#askForModel()
  }

  opt_out_capturing() {
    this.#ask('opt_out')
    // Nor is it to be rescued.
    if (this.#host) this.#host.events.unsettled = []
  }

  clear_opt_in_out_capturing() {
    this.#ask('clear_consent')
  }

  has_opted_in_capturing() {
    return !(this.#consent(OPTED_OUT) & OPTED_OUT)
  }

  has_opted_out_capturing() {
    return (this.#consent(0) & OPTED_OUT) > 0
  }

  /** @returns {'pending' | 'granted' | 'denied'} */
  get_explicit_consent_status() {
    // @ts-expect-error the two bits hold no fourth choice
    return CHOICES[this.#consent(0) & 3]
  }

  is_capturing() {
    return (this.#consent(0) & CAPTURING) > 0
  }

  /** @param {string} event @param {any} [properties] */
  calculateEventProperties(event, properties) {
    const text = this.#look('event_properties', String(event), this.#json(properties))
    return this.#host?.events.propertiesOf(text) ?? properties
  }

  /** @param {unknown} error @param {any} [properties] */
  captureException(error, properties) {
    const thrown = readThrown(error, stackAbove(this.captureException))
    return this.#ask('capture_exception', thrown, '{"handled":true}', this.#json(properties))
  }

  /** @param {string} message @param {any} [properties] */
  addExceptionStep(message, properties) {
    this.#ask('exception_step', String(message), this.#json(properties))
  }

  flush() {
    const flushed = attempt('flush()', () => {
      const host = this.#started
      // What was rendered in this task has not been seen yet.
      ask(host.core, 'titled', document.title)
      return host.flush()
    })
    return flushed ?? Promise.resolve(NOTHING)
  }

  /** Delivers what can still go, and ends. */
  shutdown(timeout = 2000) {
    const over = attempt('shutdown()', () => {
      const host = this.#started
      this.#host = undefined
      endWork(this)
      this.#page?.end()
      this.#tracing.end()
      this.#listeners.clear()
      this.#session.end()
      this.#flags.end()
      return host.end(timeout)
    })
    return over ?? Promise.resolve(NOTHING)
  }

  get config() {
    return this.#config
  }

  get __loaded() {
    return !!this.#host
  }

  get persistence() {
    return this.#host && this.#stored('properties')
  }

  get sessionPersistence() {
    return this.#host && this.#stored('session_properties')
  }

  get sessionManager() {
    if (!this.#session.id()) return
    return {
      checkAndGetSessionAndWindowId: () => this.#session.now(),
      onSessionId: (/** @type {import('./index.js').SessionListener} */ listener) => this.onSessionId(listener),
    }
  }

  get flagsEndpointWasHit() {
    return this.featureFlags.hasLoadedFlags
  }

  get decideEndpointWasHit() {
    return this.featureFlags.hasLoadedFlags
  }

  get _events_queue() {
    return parsed(this.#look('events_queue')) || []
  }

  toString() {
    return title(this.#name)
  }

  /**
   * Takes the place of what stood before it in the app's sight: does what was asked for until now, in order.
   *
   * @param {Call[]} calls
   * @param {[string, (event: any) => void][]} heard what was listened to until now
   */
  replay(calls, heard) {
    for (const [event, handle] of heard) removeEventListener(event, handle, true)
    // Another copy's calls come to one that nothing stands before.
    if (this.#app != this) this.#app.toString = () => this.toString()
    this.#replay.make(calls, true)
  }

  /**
   * What the app sees under a name, where something stands before this client. An app may hold on to what stood for a part of it.
   *
   * @param {string} name
   */
  member(name) {
    for (const holder of [this, this.featureFlags, this.people]) {
      if (!(name in holder)) continue
      // @ts-expect-error it is there
      const member = holder[name]
      return typeof member == 'function' ? member.bind(holder) : member
    }
  }

  /** What makes no sense before there is a core needs this. */
  get #started() {
    if (this.#host) return this.#host
    throw new Refusal('was called before init() or after shutdown() and ignored')
  }

  /** Has the core do something. What comes of it is an event, if anything does. @param {string} name @param {string[]} texts */
  #ask(name, ...texts) {
    return this.#take(this.#started.change(name, ...texts))
  }

  /** What the core has under a name; nothing before there is a core. @param {string} name @param {string[]} texts */
  #look(name, ...texts) {
    return this.#host && ask(this.#host.core, name, ...texts)
  }

  /** @param {string | undefined} text of an event that a command has made */
  #take(text) {
    return this.#host?.events.take(text)
  }

  /** @param {any} properties */
  #json(properties) {
    return asJson(properties, this.#config)
  }

  /** @param {string} name */
  #stored(name) {
    return stored(
      () => this.#look(name),
      () => (this.#consent(0) & UNSTORED) > 0,
    )
  }

  /** @param {number} otherwise what it is without a core */
  #consent(otherwise) {
    return Number(this.#look('consent') ?? otherwise)
  }

  /** Has the core hear which model the device is, whichever core there is by then. */
  #askForModel() {
    if (this.#config.disableDeviceModel) return
    askForDeviceModel((model) => {
      revive()
      this.#host?.change('device_model', model)
    })
  }
}
