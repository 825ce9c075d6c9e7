// @ts-check
/**
 * The entry `hoglet/anti-flicker`: hides the page, or a part of it, until the visitor's flags are known. For pages where a first
 * paint with the wrong variant is worse than a late one.
 */

/**
 * What is hidden, how often, and what it had of its own. Several may wait for the same element.
 *
 * @type {WeakMap<any, { waiting: number, value: string, priority: string, hasStyle: boolean }>}
 */
const hidden = new WeakMap()

/**
 * @param {any} hoglet
 * @param {import('./anti-flicker.js').HideOptions} [options]
 * @returns {Promise<boolean>}
 */
export const hideUntilFlags = (hoglet, options) => {
  // On a server there is nothing to see.
  if (typeof document != 'object') return Promise.resolve(false)
  const { timeout = 500, element = document.documentElement, until = 'known' } = { ...options }
  return new Promise((resolve) => {
    let isOver = false
    /** @type {(() => void) | undefined} */
    let stop
    const show = hide(element)
    const end = (/** @type {boolean} */ isInTime) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      show()
      resolve(isInTime)
      stop?.()
    }
    const timer = setTimeout(() => end(false), timeout)
    try {
      if (until == 'fresh') return hoglet.flagsReady(timeout).then(end, () => end(false))
      // The core need not be there yet, and listening alone does not bring it.
      hoglet.load?.()
      stop = hoglet.onFeatureFlags((/** @type {any} */ keys, /** @type {any} */ variants, /** @type {any} */ context) =>
        end(context?.source !== ''),
      )
      if (isOver) stop?.()
    } catch {
      end(false)
    }
  })
}

/**
 * Hides an element by its opacity. Its `visibility` would not do: what is in it can be visible all the same, and nothing in it could
 * get the focus meanwhile. Nothing moves, nothing is loaded later than it would be, and Chromium counts the largest paint of a root
 * that was transparent when it is seen.
 *
 * @param {any} element
 * @returns {() => void} shows it again, if nobody else waits for it
 */
const hide = (element) => {
  // Not by a style sheet or an attribute, which a strict content security policy forbids.
  const style = element?.style
  if (!style) return () => {}
  const was = hidden.get(element) ?? {
    waiting: 0,
    value: style.getPropertyValue('opacity'),
    priority: style.getPropertyPriority('opacity'),
    hasStyle: element.hasAttribute('style'),
  }
  hidden.set(element, was)
  was.waiting += 1
  style.setProperty('opacity', '0', 'important')
  return () => {
    was.waiting -= 1
    if (was.waiting) return
    hidden.delete(element)
    // Who has set it in between has shown it.
    if (style.getPropertyValue('opacity') != '0' || !style.getPropertyPriority('opacity')) return
    style.setProperty('opacity', was.value, was.priority)
    // Reading the attribute comes first: Chromium and WebKit write it anew after it was removed unread.
    if (!was.hasStyle && !element.getAttribute('style')) element.removeAttribute('style')
  }
}
