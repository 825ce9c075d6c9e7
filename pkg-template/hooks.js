// @ts-check
/** What the app's own functions make of an event before it is sent: `sanitize_properties`, then `before_send`. */

import { complain } from './guard.js'

/** @typedef {(event: any) => any} Hook takes an event, gives it back or another one, or nothing to drop it */

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * The hooks among the settings, in the order in which they run.
 *
 * @param {any} settings
 * @returns {Hook[]}
 */
export const hooksOf = ({ sanitize_properties, before_send }) =>
  [typeof sanitize_properties == 'function' ? sanitizing(sanitize_properties) : sanitize_properties, before_send]
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
