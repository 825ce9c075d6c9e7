// @ts-check
/** What an app passes, as the text that the core takes. */

import { complain, Refusal } from './guard.js'
import { serialize } from './serialize.js'

/**
 * A bag of properties as JSON; empty if there is nothing to tell.
 *
 * @param {any} properties
 * @param {any} settings
 * @param {number} [maxLength] of a string; longer ones are cut
 */
export const asJson = (properties, settings, maxLength = settings.properties_string_max_length) => {
  if (properties == undefined) return ''
  const json = serialize(properties, maxLength, (note) => {
    if (settings.debug) console.warn('[hoglet] ' + note)
  })
  if (json[0] == '{') return json
  complain('properties are an object: what was passed instead was left out')
  return ''
}

/**
 * An object that no event carries, such as payloads of flags, as JSON: its texts may be of any length. Empty if there is
 * nothing to tell.
 *
 * @param {any} object
 * @param {any} settings
 */
export const asWhole = (object, settings) => asJson(object, settings, Infinity)

/**
 * Values of flags as JSON: on, off, or the name of a variant. A list has those that are on.
 *
 * @param {any} flags
 * @param {any} settings
 * @throws {Refusal} if they are neither
 */
export const asFlags = (flags, settings) => {
  if (!flags || typeof flags != 'object') throw new Refusal('needs flags: a list of keys, or an object with their values')
  const entries = Array.isArray(flags) ? flags.map((key) => [key, true]) : Object.entries(flags)
  const kept = entries.filter(([key, value]) => typeof key == 'string' && /^(boolean|string)$/.test(typeof value))
  if (kept.length < entries.filter(([, value]) => value !== undefined).length) {
    complain('a flag has a key and is true, false or the name of a variant: others were left out')
  }
  return asWhole(Object.fromEntries(kept), settings)
}

/**
 * A value as JSON; empty if it has none.
 *
 * @param {any} value
 * @returns {string}
 */
export const asText = (value) => JSON.stringify(value) ?? ''

/**
 * Names of properties as a JSON array; empty if there are none.
 *
 * @param {any} names one or several
 */
export const asNames = (names) => {
  const list = [names].flat().filter((name) => name && typeof name == 'string')
  if (list.length) return JSON.stringify(list)
  complain('names of properties are strings: what was passed instead was left out')
  return ''
}

/**
 * An id of a user.
 *
 * @param {any} id
 * @throws {Refusal} if it cannot be one
 */
export const asId = (id) => {
  if (typeof id == 'number' || (id && typeof id == 'string')) return String(id)
  throw new Refusal('needs the id of the user, a string')
}

/**
 * What goes with one event.
 *
 * @param {any} options
 * @param {any} settings
 */
export const asOptions = (options, settings) => {
  if (!options) return
  const { timestamp, uuid, $set, $set_once, $unset, send_instantly } = options
  const time = timestamp == undefined ? NaN : new Date(timestamp).getTime()
  if (timestamp != undefined && isNaN(time)) complain('a timestamp that is no date was ignored')
  return {
    timestamp: isNaN(time) ? '' : new Date(time).toISOString(),
    uuid,
    set: asJson($set, settings),
    set_once: asJson($set_once, settings),
    unset: $unset === undefined ? '' : asNames($unset),
    send_instantly,
  }
}
