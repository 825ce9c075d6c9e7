// @ts-check
/** What the entry does not need at once: fetching the core, and what is answered and sent while that takes its time. */

import { isViewed, prefixOf } from './earlier.js'
import { isRefused, rememberRefusal } from './refused.js'

/** @typedef {import('./replaying.js').Call} Call */

/** Settings by which events are changed before they are sent, or sent in another way: the pageview waits for the core. */
const FILTERS = /before_send|sanitize|denylist|blacklist|mask_p|redact|cookieless|beacon|request_headers|xhr_headers/

/** What in a path may be an id, an address or a secret, which only the core can tell. */
const PERSONAL = /@|%|\d{6}|\w{25}/

const BOTS = /bot|crawl|spider|headless|lighthouse/i

/** What is done when the page is left before the core has come. @type {(() => void) | undefined} */
let leave

/**
 * Sees to what the entry leaves to this part: until the core is there, the first pageview of a visitor who leaves is sent, also
 * of one who has touched nothing. Fetches the core if somebody is to have it, or none of the clients waits for its visitor.
 *
 * @param {any} app the client that the package exports
 * @param {any} [arrive] takes the core; anything else is what the browser says of its leisure
 */
export const expect = async (app, arrive) => {
  const part = { settle }
  if (typeof document != 'object') return part
  if (!leave) {
    // What cannot be sent is stored for the next visit all the same.
    leave = () => attempt(() => sendPageview(app))
    addEventListener('pagehide', leave, true)
  }
  if (typeof arrive == 'function') arrive(await fetchCore(app))
  else if (isImpatient(app)) app.load()
  return part
}

/** Whether one of the clients wants the core before the visitor does anything. @param {any} app */
const isImpatient = (app) => [app, ...Object.values(app)].some(({ config }) => config?.token && !/int|man/.test(config.load))

/**
 * @param {any} app
 * @returns {Promise<Pick<typeof import('./core.js'), 'Client'>>}
 */
const fetchCore = async (app) => {
  try {
    const core = await chooseCore(app.config.engine)
    if (leave) removeEventListener('pagehide', leave, true)
    return core
  } catch (error) {
    // Browsers call off what is being fetched before they tell that the page is left.
    if (app.config.debug) console.error('[hoglet] load_failed: the core could not be loaded', error)
    throw error
  }
}

/** What the browser lets us know, if it does. @param {() => any} look */
const attempt = (look) => {
  try {
    return look()
  } catch {}
}

/** Lets the page do something else first, as long as somebody looks at it. */
const breathe = () => new Promise((resolve) => (document.hidden ? resolve : setTimeout)(resolve))

/** The core, as JavaScript where it cannot run as WebAssembly or is not to. @param {string | undefined} engine */
const chooseCore = async (engine) => {
  if (engine != 'js') {
    if (!isRefused()) {
      const module = await import('./core.js')
      await breathe()
      if (module.isUsable()) {
        await breathe()
        return module
      }
    }
    rememberRefusal()
  }
  return import('./core-without-wasm.js')
}

/**
 * What comes of a call that promises something.
 *
 * @param {Call} call
 * @param {Promise<any>} core
 * @param {Call[]} calls all that wait
 * @param {number} [timeout] how long flags are waited for, in milliseconds
 */
const settle = async (call, core, calls, timeout = 1000) => {
  const isOfFlags = call.method == 'flagsReady'
  const over = new Promise((end) => {
    // A call that nobody has kept is one on a server.
    if (isOfFlags && call.timestamp) setTimeout(end, timeout - (Date.now() - +new Date(call.timestamp)))
  })
  await Promise.race([core, over])
  if (call.answer !== undefined) return call.answer
  if (isOfFlags) return false
  if (call.method == 'reloadFeatureFlagsAsync') return { status: 'error' }
  return { sent: 0, remaining: calls.filter(({ method }) => method == 'capture').length }
}

/**
 * Sends the first pageview of a page that is being left, as far as it can be told without the core: where the entry has stored
 * it, by its rules, with the uuid and the time that it is stored with. The next visit sends all of it, and both are one event.
 *
 * @param {any} app
 */
const sendPageview = ({ config, _events_queue: calls }) => {
  /** @type {Call} */
  const init = calls.find((/** @type {Call} */ { method }) => method == 'init')
  const prefix = prefixOf(config.token)
  const isOurs = (/** @type {string} */ name) =>
    name.startsWith(prefix) && localStorage[name].includes(JSON.stringify(init.timestamp))
  const name = Object.keys(localStorage).filter(isOurs).sort().at(-1)
  const [url] = init.url.split(/[?#]/)
  const isBot = navigator.webdriver || BOTS.test(navigator.userAgent)
  if (!name || !isViewed(init) || FILTERS.test(String(Object.keys(config))) || PERSONAL.test(new URL(url).pathname)) return
  if (isBot && !config.opt_out_useragent_filter) return
  const stored = JSON.parse(localStorage['ph_' + (config.persistence_name || config.token + '_posthog')] ?? '{}')
  const distinct_id = config.bootstrap?.distinctID || stored.distinct_id
  if (!distinct_id) return
  const { host, pathname } = new URL(url)
  const properties = {
    token: config.token,
    distinct_id,
    $device_id: stored.$device_id,
    $current_url: url,
    $host: host,
    $pathname: pathname,
    $lib: config.lib ?? 'hoglet',
    $process_person_profile: config.person_profiles == 'always' || !!stored.$epp || stored.$user_state == 'identified',
  }
  const event = { uuid: name.slice(prefix.length), event: '$pageview', properties, timestamp: init.timestamp }
  const body = { api_key: config.token, batch: [event], sent_at: new Date() }
  const api = (config.api_host || 'https://us.i.posthog.com').trim().replace(/\/$/, '')
  // As the core does it: what outlives the page, and needs no preflight.
  fetch(api + (config.endpoint || '/e/'), {
    method: 'POST',
    referrerPolicy: 'strict-origin',
    keepalive: true,
    body: JSON.stringify(body),
  }).catch(() => {})
}
