// @ts-check
/**
 * A classic script for pages without a bundler, in the place of posthog-js's `array.js`: the client takes over from the array
 * that a snippet has put at `window.posthog`, and makes the calls that it was asked for.
 *
 * As in posthog-js 1.449.2 `_i` has what was passed to `init`, and each array has the calls of one client as
 * `[method, ...args]`.
 */

import client from './index.js'
import { PRIMARY, title } from './instances.js'

/** @type {any} */
const hoglet = client

/** @param {any} client @param {any} call `[method, ...args]`, a chain of them, or a function */
const make = (client, call) => {
  try {
    if (typeof call == 'function') call.call(client)
    else if (Array.isArray(call[0])) call.reduce((/** @type {any} */ holder, /** @type {any} */ [name, ...args]) => holder[name](...args), client)
    else client[call[0]](...call.slice(1))
  } catch (error) {
    console.error('[hoglet] a call of the snippet failed', call, error)
  }
}

/** What `push` does once there is a client. @param {any} client */
const pusher = (client) => (/** @type {any[]} */ ...calls) => {
  for (const call of calls) make(client, call)
}

/** When a call's turn is: whoever the visitor is by the end, events are theirs. As in posthog-js 1.449.2. @param {any} call */
const turn = (call) => {
  if (typeof call == 'function') return 0
  if (call?.[0] == 'alias') return 1
  return Array.isArray(call?.[0]) || /capture/.test(call?.[0]) ? 3 : 2
}

/** Makes the calls of a list, and from now on at once those of whoever still holds it. @param {any} client @param {any} list */
const take = (client, list) => {
  const calls = list.splice(0).sort((/** @type {any} */ one, /** @type {any} */ other) => turn(one) - turn(other))
  list.push = pusher(client)
  list.push(...calls)
}

const begin = () => {
  const found = /** @type {any} */ (window).posthog
  // Another SDK, or this one, is there already.
  if (typeof found?.init == 'function' && !Array.isArray(found._i)) return
  /** @type {any} */
  const stub = Array.isArray(found) ? found : []

  const { init } = hoglet
  hoglet.init = (/** @type {string} */ token, /** @type {any} */ config, /** @type {string | undefined} */ name) => {
    const client = init(token, config, name)
    client.push = pusher(client)
    client.toString = () => title(name || PRIMARY)
    // What else the page may have at that name is none of ours.
    const calls = name && name != PRIMARY ? stub[name] : stub
    if (Array.isArray(calls)) {
      take(client.people, /** @type {any} */ (calls).people ?? [])
      take(client, calls)
    }
    return client
  }
  // So that a snippet which comes later leaves it alone.
  hoglet.__SV = 1
  hoglet.toString = () => title(PRIMARY)
  window.posthog = hoglet
  for (const init of stub._i ?? []) make(hoglet, ['init'].concat(init))
}

if (typeof document == 'object') {
  const { src, crossOrigin = '' } = /** @type {HTMLScriptElement} */ (document.currentScript ?? {})
  if (crossOrigin == null && new URL(src, location.href).origin != location.origin) {
    // Browsers would not tell it where it is from, and look for the core in the wrong place.
    console.error('[hoglet] a script tag of another origin needs the attribute crossorigin: ' + src)
  }
  begin()
}
