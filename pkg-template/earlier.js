// @ts-check
/** Calls of pages that were left before a core had come: the next core makes them. */

import { attempt } from './guard.js'

/** @typedef {import('./client.js').Call} Call */

/**
 * Takes what earlier pages have left in localStorage, each call once whichever page takes it.
 *
 * @param {string} token
 * @param {(calls: Call[]) => void} make makes the calls, in order
 */
export const earlierCalls = (token, make) => {
  const prefix = 'hoglet_calls_' + token + '_'
  const names = () =>
    Object.keys(localStorage)
      .filter((name) => name.startsWith(prefix))
      .sort()
  const take = () => {
    for (const name of names()) {
      const text = localStorage.getItem(name) ?? ''
      // First, so that what makes the core fail does not do so on every page.
      localStorage.removeItem(name)
      make(text.split('\n').flatMap((line, at) => read(line, name.slice(prefix.length), at)))
    }
  }
  attempt('reading what earlier pages were asked for', () => {
    if (!names().length) return
    // Another page may be about to take it.
    if (navigator.locks) navigator.locks.request(prefix, () => attempt('what earlier pages were asked for', take))
    else take()
  })
}

/** @param {string} line @param {string} page @param {number} at @returns {Call[]} none if the line is damaged */
const read = (line, page, at) => {
  try {
    const call = JSON.parse(line)
    if (call.method == 'capture') {
      const [event, properties, options] = call.args
      // Whoever takes it, and however often, it is one event.
      call.args = [event, properties ?? undefined, { uuid: uuid(call.time, page, at), ...options }]
    }
    return [call]
  } catch {
    return []
  }
}

/** One of version 7, the same for the same call. @param {number} time @param {string} page @param {number} at */
const uuid = (time, page, at) => {
  const hex = (/** @type {number} */ number, /** @type {number} */ length) => number.toString(16).padStart(length, '0')
  const clock = hex(time, 12)
  const [, digits = ''] = page.split('.')
  return [clock.slice(0, 8), clock.slice(8), '7' + hex(at % 4096, 3), '8000', hex(Number(digits) % 2 ** 48, 12)].join('-')
}
