// @ts-check
/**
 * The entry `hoglet/eager`: the core comes with the app's own code, and `init` is synchronous. Where that core cannot run this
 * is the lazy entry, for the core as JavaScript has to be fetched first.
 */

import { isContentScript } from './content-script.js'
import { Client, isUsable } from './core.js'
import lazy from './index.js'
import { isRefused, rememberRefusal } from './refused.js'

/** The lazy entry's client, which is to leave nothing in the storage of the page that a content script was put into. */
const fallback = () => {
  rememberRefusal()
  if (isContentScript()) {
    const { init } = lazy
    lazy.init = (/** @type {string} */ token, /** @type {any} */ config, /** @type {string | undefined} */ name) =>
      init(token, { ...config, persistence: 'memory', engine: 'js' }, name)
  }
  return lazy
}

// On a server no core is ever started.
export default typeof document != 'object' || (!isRefused() && isUsable()) ? new Client() : fallback()
