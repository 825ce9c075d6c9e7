// @ts-check
/** The making of calls that were kept, each as of when and where it was asked for: of this page, and of pages that are gone. */

import { otherFor } from './copies.js'
import { earlierCalls, keyOf } from './earlier.js'
import { Refusal, attempt } from './guard.js'
import { revive } from './rescue.js'

/**
 * A call that was made before the core was there, on this page or on one that is gone. A capture is its own event.
 *
 * @typedef {object} Call
 * @property {string} method empty if it was taken back
 * @property {any} [event] its first argument
 * @property {any} [properties] its second
 * @property {any} [options] its third
 * @property {Date | string} timestamp
 * @property {string} url the page's address then
 * @property {string} title its title then
 * @property {string} referrer where the visitor had come from
 * @property {boolean} hidden whether the page could not be seen then
 * @property {string | undefined} [uuid] the event's, or the id of the visitor that it begins
 * @property {number | undefined} [until] of `init`: how many calls there were when `loaded` had returned
 * @property {any} [answer] what the call returned when it was made at last
 */

export class Replay {
  /** The call being made. @type {Call | undefined} */
  call
  /** The call of `init` whose page is not watched yet, for calls that belong to its first pageview are to come. @type {Call | undefined} */
  #unwatched
  /** By what to know the calls that the entry has kept. @type {Set<string>} */
  #kept = new Set()
  #client
  #host
  #watch
  /** @type {import('./page.js').Page | undefined} */
  #page

  /**
   * @param {import('./client.js').Client} client
   * @param {() => import('./host.js').Host | undefined} host what the client has of one at the time
   * @param {() => void} watch begins to watch the page
   */
  constructor(client, host, watch) {
    this.#client = client
    this.#host = host
    this.#watch = watch
  }

  /** The core is there, and hears first of when and where `init` was called. @param {import('./page.js').Page} page */
  begin(page) {
    this.#page = page
    if (this.call) this.relate(this.call)
  }

  /** Makes the calls that earlier pages have left. What comes next happens now and here again. @param {string} token */
  makeEarlier(token) {
    earlierCalls(token, (calls) => {
      // A page that was left and brought back has its calls both here and there.
      this.make(calls.filter((call) => !this.#kept.has(keyOf(call))), false)
    })
    this.relate()
  }

  /**
   * Has the core take what comes for what happened when and where a call was made; without one, for what happens now and here.
   *
   * @param {Call} [call]
   * @param {boolean} [isGone] whether the page of that call is gone
   */
  relate({ timestamp, url, referrer } = /** @type {any} */ ({ timestamp: NaN }), isGone) {
    this.#host()?.core.set_call(+new Date(timestamp), url, isGone ? referrer : undefined)
  }

  /** Has the page watched: at once, or, if `init` is a call that was kept, when what belongs to its first pageview is made. */
  watch() {
    this.#unwatched = this.call
    if (!this.call) this.#watch()
  }

  /** Begins to watch the page, whose first pageview is that of the page on which `init` was called. */
  #watchAtLast() {
    const call = this.#unwatched
    if (!call) return
    this.#unwatched = undefined
    this.relate(call)
    this.#page?.see(call.title)
    this.#watch()
  }

  /** @param {Call[]} calls in order @param {boolean} isHere whether of this page, rather than of one that is gone */
  make(calls, isHere) {
    if (isHere) this.#kept = new Set(calls.map(keyOf))
    const outer = this.call
    for (const [at, call] of calls.entries()) {
      if (at >= (this.#unwatched?.until ?? 0)) this.#watchAtLast()
      // What was asked for before init() began is another copy's as well.
      const other = otherFor(this.#client)
      if (other) return other.replay(calls.slice(at), [])
      if (!call.method) continue
      this.call = call
      revive()
      this.relate(call, !isHere)
      if (isHere) this.#page?.follow(call.url, call.title)
      call.answer = attempt(call.method + '()', () => this.#makeOne(call))
    }
    this.#watchAtLast()
    this.call = outer
    this.relate()
    if (isHere) this.#page?.follow()
  }

  /** @param {Call} call */
  #makeOne({ method, event, properties, options, timestamp }) {
    // Of this the page has told, not the app.
    if (method == '$click') return this.#page?.relive(event, properties)
    const make = this.#client.member(method)
    if (!make) throw new Refusal('is none of hoglet and was ignored')
    if (method == 'flagsReady') return make(Math.max(0, (event ?? 1000) - (Date.now() - +new Date(timestamp))))
    return make(event, properties, options)
  }
}
