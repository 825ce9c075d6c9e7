// @ts-check
/** What watchers of the document have in common. */

import { attempt } from './guard.js'

/** @typedef {import('./page.js').Watched} Watched */

/** What the app does not want to be looked at. */
export const NO_CAPTURE = '.ph-no-capture'

/** PostHog's own toolbar. */
export const TOOLBAR = '#__POSTHOG_TOOLBAR__'

/**
 * The element that an event is of, also within open shadow roots.
 *
 * @param {Event} event
 * @returns {Element | null | undefined}
 */
export const targetOf = (event) => {
  const target = /** @type {any} */ (event.composedPath()[0])
  return target instanceof Element ? target : target?.parentElement
}

/**
 * The element around an element as the browser lays them out: across the borders of shadow roots.
 *
 * @param {Element} element
 * @returns {Element | null | undefined}
 */
export const around = (element) => {
  const root = /** @type {any} */ (element.getRootNode())
  return element.assignedSlot ?? element.parentElement ?? root.host
}

/**
 * Whether an element or one around it matches, also across the borders of shadow roots.
 *
 * @param {any} element
 * @param {string} selector none if empty
 */
export const isWithin = (element, selector) => {
  for (; element && selector; element = element.getRootNode().host) if (element.closest(selector)) return true
  return false
}

/** The open shadow roots within a node, and within those. @param {any} node @returns {Generator<ShadowRoot>} */
export function* shadowRoots(node) {
  for (const element of [node, ...node.querySelectorAll('*')]) {
    if (element.shadowRoot) {
      yield element.shadowRoot
      yield* shadowRoots(element.shadowRoot)
    }
  }
}

/**
 * Does something in a task to come, unless the client has ended by then.
 *
 * @param {Watched} page
 * @param {string} what
 * @param {() => void} action
 * @returns {(wait?: number) => void} has it done after that many milliseconds, once however often that is asked for
 */
export const later = (page, what, action) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let hasEnded = false
  page.onEnd(() => {
    hasEnded = true
    clearTimeout(timer)
  })
  return (wait = 0) => {
    if (hasEnded) return
    timer ??= setTimeout(() => {
      timer = undefined
      attempt(what, action)
    }, wait)
  }
}

/** The element that scrolls instead of the page, if the app names one. @param {string | string[] | undefined} selectors */
export const scrollRoot = (selectors) => {
  for (const selector of [selectors ?? []].flat()) {
    const root = document.querySelector(selector)
    if (root) return root
  }
}
