// @ts-check
/** What an app passes, as the text that the core takes. */

import { complain, Refusal } from './guard.js'
import { serialize } from './serialize.js'

/**
 * A bag of properties as JSON; empty if there is nothing to tell.
 *
 * @param {any} properties
 * @param {any} settings
 */
export const asJson = (properties, settings) => {
  if (properties == undefined) return ''
  const json = serialize(properties, settings.properties_string_max_length, (note) => {
    if (settings.debug) console.warn('[hoglet] ' + note)
  })
  if (json[0] == '{') return json
  complain('properties are an object: what was passed instead was left out')
  return ''
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
