// @ts-check
/**
 * Has the app's requests tell its own servers who the visitor is: `fetch` and `XMLHttpRequest` with the headers that
 * PostHog's server libraries read. Fetched only if `tracing_headers` is set.
 */

import { wrap } from './wrapping.js'

/** @typedef {import('./client.js').Client} Client */
/** @typedef {[name: string, value: string]} Header */

/**
 * Wraps what makes requests.
 *
 * @param {Client} client
 * @returns {() => void} unwraps it; where another wrapper came after ours, ours stays and does nothing
 */
export const trace = (client) => {
  /** @type {(() => void)[]} */
  const restores = []
  let stopped = false
  const wrapped = (/** @type {any} */ owner, /** @type {string} */ name, /** @type {(original: any) => any} */ make) => {
    if (owner[name]) restores.push(wrap(owner, name, make))
  }
  const headers = (/** @type {any} */ url) => (stopped ? [] : headersFor(client, url))

  wrapped(
    globalThis,
    'fetch',
    (original) =>
      function (/** @type {any} */ input, /** @type {any} */ init) {
        // @ts-expect-error `this` is whatever the app calls it on
        return original.apply(this, withHeaders(headers, arguments, input, init))
      },
  )
  wrapped(
    XMLHttpRequest.prototype,
    'open',
    (original) =>
      /** @this {XMLHttpRequest} */
      function (/** @type {string} */ _method, /** @type {string | URL} */ url) {
        const result = original.apply(this, arguments)
        try {
          for (const [name, value] of headers(url)) this.setRequestHeader(name, value)
        } catch {
          // The request goes without them.
        }
        return result
      },
  )
  return () => {
    stopped = true
    for (const restore of restores) restore()
  }
}

/**
 * The arguments of `fetch` with the headers among them; the same arguments where there are none to add.
 *
 * @param {(url: any) => Header[]} headers
 * @param {IArguments} given
 * @param {any} input
 * @param {any} init
 */
const withHeaders = (headers, given, input, init) => {
  try {
    const isRequest = input instanceof Request
    const added = headers(isRequest ? input.url : input)
    if (!added.length) return given
    if (isRequest) {
      // A request of its own, for the app may look at the one it made.
      const request = new Request(input, init)
      for (const [name, value] of added) request.headers.set(name, value)
      return [request]
    }
    const all = new Headers(init?.headers)
    for (const [name, value] of added) all.set(name, value)
    // What the app's object inherits counts as well, and so do its own members for a wrapper that copies them.
    return [input, Object.assign(Object.create(init ?? null), init, { headers: all })]
  } catch {
    return given
  }
}

/**
 * The headers for a request to that address: none unless it is one of the app's own servers, and none of a visitor who is
 * not to be recognised.
 *
 * @param {Client} client
 * @param {any} url
 * @returns {Header[]}
 */
const headersFor = (client, url) => {
  const { tracing_headers: hosts, api_host, endpoint } = client.config
  const { href, origin, host, hostname } = new URL(url, document.baseURI)
  const isOwn =
    hosts === true ? origin == location.origin : Array.isArray(hosts) && (hosts.includes(hostname) || hosts.includes(host))
  // Events must go without: to another origin, a header more means a question more before each request.
  if (!isOwn || href.startsWith(new URL(api_host + endpoint, document.baseURI).href)) return []
  if (client.has_opted_out_capturing()) return []
  const session = client.sessionManager?.checkAndGetSessionAndWindowId()
  /** @type {Header[]} */
  const all = [
    ['X-POSTHOG-DISTINCT-ID', client.get_distinct_id() ?? ''],
    ['X-POSTHOG-SESSION-ID', session?.sessionId ?? ''],
    ['X-POSTHOG-WINDOW-ID', session?.windowId ?? ''],
  ]
  // An id that a header cannot carry would make the whole request fail.
  return all.filter(([, value]) => /^[\x21-\x7e]+$/.test(value))
}
