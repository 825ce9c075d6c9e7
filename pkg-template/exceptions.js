// @ts-check
/**
 * The places where a page tells of exceptions that the app did not hand over itself. What is made of them is the core's
 * business.
 */

import { isError, readThrown, safely, stackAbove, told } from './thrown.js'
import { wrap } from './wrapping.js'

/**
 * @typedef {object} Wanted as the setting `capture_exceptions` says it
 * @property {boolean} [capture_unhandled_errors]
 * @property {boolean} [capture_unhandled_rejections]
 * @property {boolean} [capture_console_errors]
 */

/** What an SDK says of itself is no exception of the app's. */
const DIAGNOSTIC = /^\[(hoglet|PostHog)/

/**
 * Listens for exceptions that nobody caught, and for what is written to the console as an error if that is asked for.
 *
 * @param {import('./page.js').Watched} page
 */
export const watchExceptions = (page) => {
  /** @type {Wanted | true} `true` is all but the console */
  const options = page.settings.capture_exceptions
  const wanted = options === true ? { capture_unhandled_errors: true, capture_unhandled_rejections: true } : options
  const tell = (/** @type {unknown} */ thrown, /** @type {object} */ mechanism, /** @type {string} */ stack = '') => {
    page.tell('exception', readThrown(thrown, stack), JSON.stringify(mechanism))
  }
  const listen = (/** @type {string} */ name, /** @type {(event: any) => boolean} */ isMeant) => {
    page.listen(window, name, (event) => isMeant(event) && tell(event, { handled: false }))
  }

  // An image or a script that did not load is an error with neither.
  if (wanted.capture_unhandled_errors) listen('error', (event) => event.message || event.error != null)
  if (wanted.capture_unhandled_rejections) listen('unhandledrejection', () => true)
  if (wanted.capture_console_errors) {
    const hear = (/** @type {any[]} */ values, /** @type {Function} */ wrapper) => {
      if (DIAGNOSTIC.test(told(values[0]))) return
      const thrown = values.find(isError) ?? (values.length > 1 ? values.map(told).join(' ') : values[0])
      tell(thrown, { handled: true, type: 'onconsole' }, stackAbove(wrapper))
    }
    page.onEnd(wrapConsole(hear))
  }
}

/**
 * Wraps `console.error`, which goes on as before.
 *
 * @param {(values: any[], wrapper: Function) => void} hear
 * @returns {() => void} unwraps it; where another wrapper came after ours, ours stays
 */
const wrapConsole = (hear) => {
  let isHearing = false
  let isOver = false
  const unwrap = wrap(console, 'error', (original) => {
    const wrapper = /** @this {any} */ function (/** @type {any[]} */ ...values) {
      // What is said while an exception is read must not begin another.
      if (!isHearing) {
        isHearing = true
        safely(() => hear(values, wrapper))
        isHearing &&= isOver
      }
      return original.apply(this, values)
    }
    return wrapper
  })
  return () => {
    isHearing = isOver = true
    unwrap()
  }
}
