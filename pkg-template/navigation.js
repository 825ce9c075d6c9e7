// @ts-check
/** Tells the core that the page can be seen, and of every change of its address and its title. */

import { attempt } from './guard.js'
import { wrap } from './wrapping.js'

/** How long a title is watched after its address has changed, in milliseconds: longer than the core waits for it. */
const TITLE_WAIT = 3000

/** What the Navigation API calls a change of the address, in the words of the history. @type {Record<string, string>} */
const KINDS = { push: 'pushState', replace: 'replaceState', traverse: 'popstate' }

/** An address without its fragment. @param {string} url */
const page = (url) => url.split('#')[0]

/**
 * @param {import('./page.js').Watched} watched
 * @param {() => void} arrive is called when another page is shown
 */
export const watchNavigation = ({ tell, listen, onEnd, settings }, arrive) => {
  const see = () => {
    if (document.visibilityState != 'visible') return
    tell('seen', document.title)
    watchTitle()
    arrive()
  }
  // What the app does right after `init`, or in `loaded`, belongs to the first pageview.
  queueMicrotask(() => attempt('looking at the page', see))
  listen(document, 'visibilitychange', see)
  listen(window, 'pageshow', (event) => event.persisted && navigated('bfcache'))

  let shown = location.href
  const navigated = (/** @type {string} */ kind) => {
    shown = location.href
    tell('navigated', kind, location.href, document.title)
    watchTitle()
    arrive()
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const observer = new MutationObserver(() => tell('titled', document.title))
  const endTitle = () => {
    clearTimeout(timer)
    observer.disconnect()
  }
  onEnd(endTitle)
  /** Titles follow addresses, and only then do they matter. */
  const watchTitle = () => {
    endTitle()
    const { capture_pageview: pages } = settings
    if (!document.head || (pages != 'history_change' && typeof pages != 'object')) return
    observer.observe(document.head, { childList: true, characterData: true, subtree: true })
    timer = setTimeout(endTitle, TITLE_WAIT)
  }

  let isOver = false
  for (const method of /** @type {const} */ (['pushState', 'replaceState'])) {
    const unwrap = wrap(history, method, (original) => {
      /** @this {History} @type {any} */
      const wrapper = function (/** @type {any[]} */ ...args) {
        const before = location.href
        const result = original.apply(this, args)
        // Most apps replace the state far more often than the address.
        if (!isOver && location.href != before) {
          try {
            navigated(method)
          } catch {}
        }
        return result
      }
      wrapper.__posthog_wrapped__ = true
      return wrapper
    })
    onEnd(() => {
      isOver = true
      unwrap()
    })
  }
  listen(window, 'popstate', () => navigated('popstate'))
  const { navigation } = /** @type {any} */ (window)
  if (navigation) {
    // Routers that use it change the address without the history's methods; of those that do not, it tells first.
    listen(navigation, 'currententrychange', (/** @type {any} */ { navigationType }) => {
      const kind = KINDS[navigationType]
      if (kind && page(location.href) != page(shown)) navigated(kind)
    })
  }
  listen(window, 'hashchange', () => Object(settings.capture_pageview).hash && navigated('hashchange'))
}
