// @ts-check
/** What an app can do with flags: `hoglet.featureFlags`, whose methods are the client's as well. */

import { Refusal, attempt } from './guard.js'
import { isListener } from './listeners.js'
import { guardCalls } from './rescue.js'
import { parsed } from './stored.js'
import { asFlags, asJson, asText, asWhole } from './values.js'

/** @typedef {import('./index.js').FeatureFlagOptions} FeatureFlagOptions */

/** What the client has too, by the same names. */
const OF_THE_CLIENT = [
  'isFeatureEnabled',
  'getFeatureFlag',
  'getFeatureFlagResult',
  'getFeatureFlagPayload',
  'getAllFeatureFlags',
  'onFeatureFlags',
  'flagsReady',
  'reloadFeatureFlags',
  'updateFlags',
  'setPersonPropertiesForFlags',
  'resetPersonPropertiesForFlags',
  'setGroupPropertiesForFlags',
  'resetGroupPropertiesForFlags',
  'getEarlyAccessFeatures',
  'updateEarlyAccessFeatureEnrollment',
]

/** Gives the clients' prototype the methods of their `featureFlags`. @param {any} prototype */
export const addFlags = (prototype) => {
  for (const name of OF_THE_CLIENT) {
    // @ts-expect-error the method is one of the class
    const method = FeatureFlags.prototype[name]
    const value = function (/** @type {any[]} */ ...args) {
      // @ts-expect-error `this` is a client, or whatever the app calls it on: the method is guarded
      const flags = this?.featureFlags
      // Those of another copy have methods of their own.
      return (flags?.[name] ?? method).apply(flags, args)
    }
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true })
  }
}

export class FeatureFlags {
  static {
    guardCalls(this.prototype)
  }

  #flags

  /** @param {import('./flags.js').Flags} flags */
  constructor(flags) {
    this.#flags = flags
  }

  /** @param {string} key @param {import('./index.js').IsFeatureEnabledOptions} [options] */
  isFeatureEnabled(key, options) {
    const value = this.#flags.value(key, options)
    return value === undefined ? options?.defaultValue : !!value
  }

  /** @param {string} key @param {FeatureFlagOptions} [options] */
  getFeatureFlag(key, options) {
    return this.#flags.value(key, options)
  }

  /** @param {string} key @param {FeatureFlagOptions} [options] */
  getFeatureFlagResult(key, options) {
    if (this.#flags.value(key, options) !== undefined) return this.#flags.result(key)
  }

  /** @param {string} key */
  getFeatureFlagPayload(key) {
    return this.getFeatureFlagResult(key, { send_event: false })?.payload
  }

  /** @returns {import('./index.js').FeatureFlagResult[]} */
  getAllFeatureFlags() {
    // @ts-expect-error whatever has a value has a result
    return this.getFlags().map((key) => this.#flags.result(key))
  }

  getFlags() {
    return Object.keys(this.#flags.known.values)
  }

  getFlagVariants() {
    return { ...this.#flags.known.values }
  }

  /** As they are stored: what the server has told is a text. */
  getFlagPayloads() {
    return { ...this.#flags.known.payloads }
  }

  /** @returns {Record<string, any>} */
  getFlagsWithDetails() {
    const [stored = {}, values = {}, payloads = {}] = [
      '$feature_flag_details',
      '$override_feature_flags',
      '$override_feature_flag_payloads',
    ].map((name) => parsed(this.#flags.look('property', name)))
    // What the server said once is of values that the page has begun without.
    const details = this.#flags.known.source == 'bootstrap' ? {} : stored
    const overridden = new Set([...Object.keys(values), ...Object.keys(payloads)])
    const changes = [...overridden].map((key) => [key, overriddenDetail(of(details, key), of(values, key), of(payloads, key))])
    return { ...details, ...Object.fromEntries(changes) }
  }

  /** @param {string} key */
  getFeatureFlagDetails(key) {
    return of(this.getFlagsWithDetails(), key)
  }

  get hasLoadedFlags() {
    return this.#flags.known.ready
  }

  /** @param {import('./index.js').FeatureFlagsCallback} listener */
  onFeatureFlags(listener) {
    return isListener(listener) ? this.#flags.listen(listener) : () => {}
  }

  /** @param {number} [timeout] */
  flagsReady(timeout) {
    return this.#flags.ready(typeof timeout == 'number' ? timeout : 1000)
  }

  reloadFeatureFlags() {
    this.#flags.reload()
  }

  reloadFeatureFlagsAsync() {
    return attempt('reloadFeatureFlagsAsync()', () => this.#flags.reload()) ?? Promise.resolve({ status: 'skipped' })
  }

  /** @param {any} flags @param {any} [payloads] @param {{ merge?: boolean }} [options] */
  updateFlags(flags, payloads, options) {
    const { host } = this.#flags
    const { settings } = host
    host.change('update_flags', asFlags(flags, settings), asWhole(payloads, settings), options?.merge ? 'merge' : '')
  }

  /** @param {any} options */
  overrideFeatureFlags(options) {
    const { settings } = this.#flags.host
    if (options === false) return this.#override(false, false)
    if (!options || typeof options != 'object') throw new Refusal('needs flags, or false to end overriding')
    const isOfParts = !Array.isArray(options) && ('flags' in options || 'payloads' in options)
    const { flags, payloads, suppressWarning } = isOfParts ? options : { flags: options }
    if ((flags || payloads) && settings.debug && !suppressWarning) {
      console.warn('[hoglet] flags are overridden in this browser until overrideFeatureFlags(false)')
    }
    this.#override(flags, payloads)
  }

  /** @param {any} flags @param {boolean} [suppressWarning] */
  override(flags, suppressWarning) {
    this.overrideFeatureFlags({ flags, suppressWarning })
  }

  /** @param {any} properties @param {boolean} [reload] */
  setPersonPropertiesForFlags(properties, reload = true) {
    const { host } = this.#flags
    const { $set, $set_once } = Object(properties)
    const set = $set || ($set_once ? undefined : properties)
    const texts = [set, $set_once].map((properties) => asJson(properties, host.settings))
    host.change('flag_person_properties', ...texts, asReload(reload))
  }

  resetPersonPropertiesForFlags(reload = true) {
    this.#flags.host.change('reset_flag_person_properties', asReload(reload))
  }

  /** @param {any} properties by the types of groups @param {boolean} [reload] */
  setGroupPropertiesForFlags(properties, reload = true) {
    const { host } = this.#flags
    const json = asJson(properties, host.settings)
    if (json) host.change('flag_group_properties', json, asReload(reload))
  }

  /** @param {string} [type] */
  resetGroupPropertiesForFlags(type) {
    this.#flags.host.change('reset_flag_group_properties', type ? String(type) : '')
  }

  /**
   * @param {import('./index.js').EarlyAccessFeatureCallback} callback
   * @param {boolean} [force]
   * @param {import('./index.js').EarlyAccessFeatureStage[]} [stages]
   */
  getEarlyAccessFeatures(callback, force, stages) {
    const { host } = this.#flags
    if (!isListener(callback)) return
    const known = parsed(this.#flags.look('property', '$early_access_features'))
    if (known && !force) return attempt('a callback', () => callback(known))
    this.#fetch(host, callback, async ({ fetchFeatures }) => {
      const features = await fetchFeatures(host.settings, stages)
      if (this.#flags.host != host) throw new Refusal('has another project by now')
      host.change('register', asWhole({ $early_access_features: features }, host.settings))
      return features
    })
  }

  /** @param {string} key @param {boolean} isEnrolled @param {string} [stage] */
  updateEarlyAccessFeatureEnrollment(key, isEnrolled, stage) {
    const { host } = this.#flags
    const known = parsed(this.#flags.look('property', '$early_access_features')) ?? []
    const name = known.find((/** @type {any} */ feature) => feature?.flagKey === key)?.name
    host.events.take(host.change('enroll', String(key), isEnrolled ? 'true' : 'false', asText({ stage, name })))
  }

  /** @param {string} key @param {(payload: any) => void} callback */
  getRemoteConfigPayload(key, callback) {
    const { host } = this.#flags
    if (!isListener(callback)) return
    this.#fetch(host, callback, ({ fetchPayload }) => fetchPayload(host.settings, this.#flags.look('distinct_id') ?? '', key))
  }

  /** @param {any} flags @param {any} payloads false to end overriding, undefined to leave it as it is */
  #override(flags, payloads) {
    const { host } = this.#flags
    const text = (/** @type {any} */ part, /** @type {typeof asFlags} */ write) =>
      part ? write(part, host.settings) : part === false ? 'false' : ''
    host.change('override_flags', text(flags, asFlags), text(payloads, asWhole))
  }

  /**
   * Hands over what the server answers; nothing if it does not.
   *
   * @param {import('./host.js').Host} host
   * @param {(answer: any) => void} callback
   * @param {(part: typeof import('./early-access.js')) => Promise<any>} ask
   */
  #fetch(host, callback, ask) {
    import('./early-access.js').then(ask).then(
      (answer) => attempt('a callback', () => callback(answer)),
      (error) => {
        if (host.settings.debug) console.warn('[hoglet] the server was asked in vain, and the callback is not called', error)
      },
    )
  }
}

/** @param {boolean} reload */
const asReload = (reload) => (reload ? 'reload' : '')

/** A member of its own. @param {any} object @param {string} key */
const of = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined)

/**
 * What is known of a flag, as overridden in this browser.
 *
 * @param {any} detail
 * @param {boolean | string | undefined} value
 * @param {any} payload
 */
const overriddenDetail = (detail, value, payload) => {
  const enabled = value === undefined ? (detail?.enabled ?? false) : !!value
  const variant = typeof value == 'string' ? value : value === undefined ? detail?.variant : undefined
  const overridden = { ...detail, enabled, variant: enabled ? (variant ?? detail?.variant) : undefined }
  if (enabled != detail?.enabled) overridden.original_enabled = detail?.enabled
  if (variant != detail?.variant) overridden.original_variant = detail?.variant
  if (payload) overridden.metadata = { ...detail?.metadata, payload, original_payload: detail?.metadata?.payload }
  return overridden
}
