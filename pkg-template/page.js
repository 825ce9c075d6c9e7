// @ts-check
/** What watches the page for the core, as far as the settings want it watched. It decides nothing, and ends without a trace. */

import { watchExceptions } from './exceptions.js'
import { attempt, complain } from './guard.js'
import { watchInteractions } from './interactions.js'
import { watchNavigation } from './navigation.js'
import { watchReading } from './reading.js'

/**
 * What one watcher works with.
 *
 * @typedef {object} Watched
 * @property {any} settings the app's, as they are at the time
 * @property {(name: string, ...texts: string[]) => string | undefined} tell tells the core what has happened, and has its
 *   answer
 * @property {(target: EventTarget, event: string, handle: (event: any) => void, options?: AddEventListenerOptions) => void}
 *   listen passively and before all others, unless the options say otherwise
 * @property {(end: () => void) => void} onEnd is called when nothing is to be watched any more
 * @property {() => number} now the page's clock, in milliseconds
 *
 * @typedef {(watched: Watched) => void} Watch
 */

/** What is there from the beginning. @type {[(settings: any) => any, Watch][]} */
const AT_ONCE = [
  [() => true, (watched) => watchNavigation(watched, watchReading(watched))],
  [
    ({ autocapture, capture_outbound_clicks, capture_download_clicks }) =>
      autocapture || capture_outbound_clicks || capture_download_clicks,
    watchInteractions,
  ],
  [({ capture_exceptions }) => capture_exceptions, watchExceptions],
]

/** What is fetched if it is wanted. @type {[(settings: any) => any, () => Promise<Watch>][]} */
const WHEN_WANTED = [
  [
    ({ capture_dead_clicks, capture_heatmaps }) => capture_dead_clicks || capture_heatmaps,
    () => import('./dead-clicks.js').then(({ watchDeadClicks }) => watchDeadClicks),
  ],
  [({ capture_heatmaps }) => capture_heatmaps, () => import('./heatmap.js').then(({ watchHeatmap }) => watchHeatmap)],
  [
    ({ capture_performance }) => capture_performance && capture_performance.web_vitals !== false,
    () => import('./web-vitals.js').then(({ watchVitals }) => watchVitals),
  ],
  [({ capture_media }) => capture_media, () => import('./media.js').then(({ watchMedia }) => watchMedia)],
]

export class Page {
  #tell
  #settings
  #isSeen = false
  /** What ends each watcher. @type {Map<any, () => void>} */
  #ends = new Map()
  /** Who listens to the document, and to what. @type {Set<[string, (event: any) => void]>} */
  #listeners = new Set()

  /** @param {any} settings looked at whenever something has changed @param {Watched['tell']} tell */
  constructor(settings, tell) {
    this.#settings = settings
    this.#tell = (/** @type {Parameters<Watched['tell']>} */ ...happened) => {
      this.#isSeen ||= happened[0] == 'seen'
      return tell(...happened)
    }
  }

  /** Tells the core that the page can be seen, if it can. */
  see(title = document.title) {
    if (document.visibilityState == 'visible') this.#tell('seen', title)
  }

  /** Tells the core of an address that the page has or had. */
  follow(url = location.href, title = document.title) {
    this.#tell('navigated', 'pushState', url, title)
  }

  /** Tells a core that takes another one's place that the page's first pageview is over. */
  resume() {
    if (this.#isSeen) this.#tell('resumed')
  }

  /**
   * Has those who listen to the document look at what happened before they did.
   *
   * @param {any} event
   * @param {EventTarget[]} path its nodes from the innermost outwards, which it does not tell any more
   */
  relive(event, path) {
    const relived = new Proxy(event, { get: (_, name) => (name == 'composedPath' ? () => path : event[name]) })
    for (const [kind, handle] of this.#listeners) if (kind == event.type) handle(relived)
  }

  /** Begins to watch what the settings want watched, and ends to watch what they do not want any more. */
  configure() {
    for (const [isWanted, watch] of AT_ONCE) this.#set(isWanted, (watched) => watch(watched))
    for (const [isWanted, fetch] of WHEN_WANTED) {
      this.#set(isWanted, (watched, signal) => {
        fetch().then(
          (watch) => signal.aborted || attempt('watching the page', () => watch(watched)),
          (error) => {
            this.#ends.delete(isWanted)
            complain('a part of hoglet could not be loaded', error)
          },
        )
      })
    }
  }

  end() {
    for (const end of this.#ends.values()) end()
    this.#ends.clear()
  }

  /** @param {(settings: any) => any} isWanted @param {(watched: Watched, signal: AbortSignal) => void} watch */
  #set(isWanted, watch) {
    const end = this.#ends.get(isWanted)
    if (!end == !isWanted(this.#settings)) return
    if (end) {
      this.#ends.delete(isWanted)
      return end()
    }
    const started = new AbortController()
    /** @type {(() => void)[]} */
    const stops = []
    this.#ends.set(isWanted, () => {
      started.abort()
      // Not by a listener of the signal: WebKit may run microtasks after one.
      for (const stop of stops) attempt('ending', stop)
    })
    attempt('watching the page', () => watch(this.#watched(started.signal, stops), started.signal))
  }

  /** @param {AbortSignal} signal @param {(() => void)[]} stops @returns {Watched} */
  #watched(signal, stops) {
    return {
      settings: this.#settings,
      tell: this.#tell,
      listen: (target, event, handle, options) => {
        const guarded = (/** @type {Event} */ event) => attempt('looking at an event', () => handle(event))
        target.addEventListener(event, guarded, { passive: true, capture: true, ...options, signal })
        if (target != document) return
        /** @type {[string, (event: any) => void]} */
        const listener = [event, guarded]
        this.#listeners.add(listener)
        stops.push(() => this.#listeners.delete(listener))
      },
      onEnd: (stop) => stops.push(stop),
      now: () => performance.now(),
    }
  }
}
