// @ts-check
/** Watches the document change, open shadow roots with it. */

import { later, shadowRoots } from './dom.js'
import { attempt } from './guard.js'

/**
 * @param {import('./page.js').Watched} page
 * @param {() => void} hear is called after the task in which something in the document has changed
 * @returns {(event: Event) => void} has the shadow roots watched in which an event is, from now on at the latest
 */
export const watchMutations = (page, hear) => {
  /** @type {WeakSet<Node>} */
  const observed = new WeakSet()
  /** Nodes in which there may be shadow roots that are not observed. @type {Node[]} */
  let fresh = [document]
  // Zone.js has Angular look at everything again whenever what it wraps calls back.
  const Observer = /** @type {any} */ (window).__zone_symbol__MutationObserver ?? MutationObserver
  const observer = new Observer((/** @type {MutationRecord[]} */ records) =>
    attempt('watching mutations', () => {
      // What is not in the document, nobody sees.
      if (records.some(({ target }) => target.isConnected)) hear()
      for (const { addedNodes } of records) {
        for (const node of addedNodes) if (node instanceof Element) fresh.push(node)
      }
      if (fresh.length) look()
    }),
  )
  const observe = (/** @type {Node} */ root) => {
    if (observed.has(root)) return
    observed.add(root)
    observer.observe(root, { attributes: true, characterData: true, childList: true, subtree: true })
  }
  const look = later(page, 'looking for shadow roots', () => {
    for (const node of fresh.splice(0)) for (const root of shadowRoots(node)) observe(root)
  })
  observe(document)
  look()
  page.onEnd(() => observer.disconnect())
  return (event) => {
    for (const { shadowRoot } of /** @type {any[]} */ (event.composedPath())) if (shadowRoot) observe(shadowRoot)
  }
}
