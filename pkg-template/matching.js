// @ts-check
/** Whether the app's lists of addresses and selectors let an interaction be captured. */

import { of } from './elements.js'
import { attempt, complain } from './guard.js'

const NEVER = ['.ph-no-autocapture', '[data-ph-no-autocapture]']

/** Shadow roots in shadow roots. */
const MAX_TREES = 100

const getRootNode = of('Node', 'getRootNode')
const closestOf = of('Element', 'closest')
const matchesOf = of('Element', 'matches')

/** @param {any[]} path @param {any} settings */
export const isIgnored = (path, settings) => {
  const { url_allowlist, url_ignorelist, css_selector_allowlist } = Object(settings.autocapture)
  return (
    (url_allowlist && !matchesPage(url_allowlist, settings)) ||
    (url_ignorelist && matchesPage(url_ignorelist, settings)) ||
    (css_selector_allowlist && !matchesAny(path, css_selector_allowlist)) ||
    matchesAny(path, neverOf(settings))
  )
}

/** The selectors of what is never captured. @param {any} settings @returns {any[]} */
export const neverOf = (settings) => settings.autocapture?.css_selector_ignorelist ?? NEVER

/** @param {any} element @param {string} selector @returns {boolean} */
export const matches = (element, selector) => matchesOf.call(element, selector)

/**
 * Whether a selector matches an element or one around it.
 *
 * @param {any[]} path
 * @param {any} list
 */
export const matchesAny = ([element], list) => {
  const selectors = selectorsOf(list)
  // Asked once for each tree: a shadow root ends one.
  for (let trees = 0; element && trees < MAX_TREES; trees++) {
    if (selectors.some((selector) => closestOf.call(element, selector))) return true
    const root = getRootNode.call(element)
    // A document may have an element by the name of `host`.
    element = root instanceof ShadowRoot && root.host
  }
  return false
}

/** The selectors of a list that are some. @param {any} list */
export const selectorsOf = (list) =>
  usable(list, (selector) => {
    new DocumentFragment().querySelector(selector)
    return String(selector)
  })

/** @param {any} list @param {any} settings */
const matchesPage = (list, settings) => {
  const { href } = location
  const ask = settings.get_current_url
  const own = typeof ask == 'function' && attempt('get_current_url', () => ask(href))
  const url = typeof own == 'string' && own ? own : href
  return usable(list, (pattern) => new RegExp(pattern)).some((pattern) => url.search(pattern) >= 0)
}

/** What was made of the app's lists. @type {WeakMap<any[], any[]>} */
const made = new WeakMap()

/**
 * What can be made of a list's items. What cannot be is said once, and left out.
 *
 * @template T
 * @param {any} list
 * @param {(item: any) => T} make
 * @returns {T[]}
 */
const usable = (list, make) => {
  if (!Array.isArray(list)) return []
  let all = made.get(list)
  if (!all) {
    all = []
    for (const item of list) {
      try {
        all.push(make(item))
      } catch {
        complain('autocapture cannot use', item)
      }
    }
    made.set(list, all)
  }
  return all
}
