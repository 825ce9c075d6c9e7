// @ts-check
/**
 * The entry `hoglet/eager`: the core comes with the app's own code, and `init` is synchronous. Where that core cannot run this
 * is the lazy entry, for the core as JavaScript has to be fetched first.
 */

import { isContentScript } from './content-script.js'
import { Client, isUsable } from './core.js'
import lazy from './index.js'

/** The lazy entry's client. In a content script it is to leave no note in the page's storage, not even of what cannot run there. */
const fallback = () => {
  if (isContentScript()) {
    const { init } = lazy
    lazy.init = (/** @type {string} */ token, /** @type {any} */ config, /** @type {string | undefined} */ name) =>
      init(token, { ...config, persistence: 'memory', engine: 'js' }, name)
  }
  return lazy
}

export default isUsable() ? new Client() : fallback()
