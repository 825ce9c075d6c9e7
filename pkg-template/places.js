// @ts-check
/** Where on the page something happened. To be asked when the page is laid out, or the browser has to do that at once. */

import { around, scrollRoot } from './dom.js'

/** How long an element is taken to stay as it is, fixed or not, in milliseconds. */
const FRESH = 1000

/** @typedef {{ x: number, y: number, target_fixed: boolean }} Place in pixels from the page's corner, or the window's if fixed */

/** @param {import('./page.js').Watched} page @returns {(event: MouseEvent, target: Element) => Place} */
export const places = (page) => {
  /** @type {WeakMap<Element, { is: boolean, at: number }>} */
  const known = new WeakMap()

  const isFixed = (/** @type {Element} */ target, /** @type {Element | undefined} */ root) => {
    const at = page.now()
    const path = []
    let is = false
    let element = /** @type {Element | null | undefined} */ (target)
    while (element && element != root && element != document.body && !is) {
      const before = known.get(element)
      // What has left the document has no style any more.
      if (before && (before.at + FRESH > at || !element.isConnected)) {
        is = before.is
        break
      }
      is = /fixed|sticky/.test(getComputedStyle(element).position)
      path.push(element)
      element = around(element)
    }
    for (const element of path) known.set(element, { is, at })
    return is
  }

  return (event, target) => {
    const root = scrollRoot(page.settings.scroll_root_selector)
    const target_fixed = isFixed(target, root)
    let [x, y] = [event.pageX, event.pageY]
    if (target_fixed) [x, y] = [event.clientX, event.clientY]
    else if (root) [x, y] = [event.clientX + root.scrollLeft, event.clientY + root.scrollTop]
    return { x: Math.round(x), y: Math.round(y), target_fixed }
  }
}
