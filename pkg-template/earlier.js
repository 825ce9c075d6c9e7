// @ts-check
/** Calls of pages that were left before a core had come: the next core makes them. */

import { isContentScript } from './content-script.js'
import { attempt } from './guard.js'

/** @typedef {import('./replaying.js').Call} Call */

/** What is of no use once its page is gone: settings, and what was waited or listened for. */
const OF_ITS_PAGE = /^($|\$|set_config|shutdown|fl|on|get[ER]|.*Async$)/

/** By what a call is known, on its page and where that has stored it. @param {Call} call */
export const keyOf = ({ method, timestamp, uuid }) => [method, +new Date(timestamp), uuid].join()

/** How what a page has left in localStorage is named, before a uuid of its own. @param {string} token */
export const prefixOf = (token) => 'hoglet_calls_' + token + '_'

/**
 * Takes what earlier pages have left in localStorage, each call once whichever page takes it.
 *
 * @param {string} token
 * @param {(calls: Call[]) => void} make makes the calls, in order
 */
export const earlierCalls = (token, make) => {
  const prefix = prefixOf(token)
  const names = () => {
    try {
      return Object.keys(localStorage)
        .filter((name) => name.startsWith(prefix))
        .sort()
    } catch {
      // Nobody can have left anything where there is no storage.
      return []
    }
  }
  const take = () => {
    for (const name of names()) {
      const text = localStorage.getItem(name) ?? ''
      // First, so that what makes the core fail does not do so on every page.
      localStorage.removeItem(name)
      make(text.split('\n').flatMap((line) => read(line, name.slice(prefix.length))))
    }
  }
  if (isContentScript()) return
  attempt('reading what earlier pages were asked for', () => {
    if (!names().length) return
    // Another page may be about to take it.
    if (navigator.locks) navigator.locks.request(prefix, () => attempt('what earlier pages were asked for', take))
    else take()
  })
}

/** @param {string} line @param {string} uuid of the page's first pageview @returns {Call[]} none if the line is damaged */
const read = (line, uuid) => {
  try {
    const call = JSON.parse(line)
    if (call.method == 'init') return isViewed(call) ? [pageview(call, uuid)] : []
    return OF_ITS_PAGE.test(call.method) || typeof call.method != 'string' ? [] : [call]
  } catch {
    return []
  }
}

/** Whether the page at which `init` was called had a first pageview. @param {Call} call @returns {boolean} */
export const isViewed = ({ hidden, properties }) => !hidden && properties?.capture_pageview !== false

/** @param {Call} call that of `init` @param {string} uuid @returns {Call} */
const pageview = (call, uuid) => ({ ...call, method: 'capture', event: '$pageview', properties: {}, options: {}, uuid })
