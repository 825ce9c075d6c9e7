// @ts-check
/** What is stored of the visitor, as the app sees it. */

import { attempt } from './guard.js'

/** @param {string | undefined} json @returns {any} */
export const parsed = (json) => (json ? JSON.parse(json) : undefined)

/**
 * posthog-js's `persistence`: a fresh copy of what is stored, each time somebody looks.
 *
 * @param {() => string | undefined} read
 * @param {() => boolean} isDisabled whether nothing is kept beyond the page
 */
export const stored = (read, isDisabled) => ({
  /** @returns {Record<string, any>} */
  get props() {
    return attempt('props', () => parsed(read())) || {}
  },
  isDisabled,
})
