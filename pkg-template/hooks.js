// @ts-check
/**
 * What the app's own functions make of an event before it is stored: `sanitize_properties`, then `before_send`, then its
 * own patterns of what is personal.
 */

import { complain } from './guard.js'

/** @typedef {(event: any) => any} Hook takes an event, gives it back or another one, or nothing to drop it */

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * The hooks among the settings, in the order in which they run.
 *
 * @param {any} settings
 * @returns {Hook[]}
 */
export const hooksOf = ({ sanitize_properties, before_send, redact }) =>
  [
    typeof sanitize_properties == 'function' ? sanitizing(sanitize_properties) : sanitize_properties,
    before_send,
    Object(redact).custom && redacting(redact.custom),
  ]
    .flat()
    .filter((hook) => {
      if (hook && typeof hook != 'function') complain('a hook that is no function was ignored')
      return typeof hook == 'function'
    })

/** @param {any} sanitize @returns {Hook} */
const sanitizing = (sanitize) => (event) => {
  const { properties } = event
  const { $process_person_profile } = properties
  event.properties = { ...(sanitize(properties, event.event) ?? properties), $process_person_profile }
  if (event.$set_once) event.$set_once = sanitize(event.$set_once, '$set_once')
  return event
}

/** Without these an event would be another's, or nobody's. */
const IDS = /^(token|distinct_id|\$(anon_distinct|device|session|window|pageview)_id)$/

/** @param {any} patterns @returns {Hook} */
const redacting = (patterns) => {
  const all = [patterns].flat().filter((pattern) => pattern instanceof RegExp)
  /** @type {(value: any, key?: string) => any} */
  const clean = (value, key = '') => {
    if (typeof value == 'string') return IDS.test(key) ? value : all.reduce(replaced, value)
    if (typeof value != 'object' || !value || value instanceof Date) return value
    if (Array.isArray(value)) return value.map((item) => clean(item))
    return Object.fromEntries(Object.entries(value).map(([key, value]) => [key, clean(value, key)]))
  }
  return (event) => {
    for (const part of ['properties', '$set', '$set_once']) if (event[part]) event[part] = clean(event[part])
    return event
  }
}

/** @param {string} text @param {RegExp} pattern */
const replaced = (text, pattern) =>
  text.replace(pattern.global ? pattern : new RegExp(pattern.source, pattern.flags + 'g'), '<redacted:custom>')

/**
 * The event as the hooks leave it, with what no server would take it without; undefined if one drops it.
 *
 * @param {Hook[]} hooks
 * @param {any} event
 * @throws {Error} what a hook throws, or if one gives something that is no event
 */
export const throughHooks = (hooks, event) => {
  const { uuid, event: name, timestamp, properties } = event
  const { token, distinct_id } = properties
  for (const hook of hooks) {
    event = hook(event)
    if (event == undefined) return
    if (typeof event != 'object') throw new TypeError('before_send gives back an event, or nothing to drop it')
  }
  // The uuid stands first, where the core looks for it.
  const passed = { uuid, ...event, properties: { ...event.properties } }
  if (!UUID.test(passed.uuid)) passed.uuid = uuid
  if (!passed.event || typeof passed.event != 'string') passed.event = name
  if (isNaN(Date.parse(passed.timestamp))) passed.timestamp = timestamp
  passed.properties.token ??= token
  passed.properties.distinct_id ??= distinct_id
  return passed
}
