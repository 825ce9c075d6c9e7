// @ts-check
/** Debugging that outlasts the page, as posthog-js has it. */

import { isContentScript } from './content-script.js'

const KEY = 'ph_debug'

/** Whether an earlier page or this page's address asks for it. */
export const asksForDebug = () => {
  if (isContentScript()) return false
  if (location.search.includes('__posthog_debug=true')) return true
  try {
    return localStorage.getItem(KEY) == 'true'
  } catch {
    return false
  }
}

/** Has the next pages do the same. @param {boolean} on */
export const rememberDebug = (on) => {
  if (isContentScript()) return
  try {
    if (on) localStorage.setItem(KEY, 'true')
    else localStorage.removeItem(KEY)
  } catch {
    // Without storage it lasts as long as the page.
  }
}
