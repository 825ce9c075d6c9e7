// @ts-check
/**
 * Watches where the mouse rests and clicks. Fetched only if `capture_heatmaps` is set. What is told stands in
 * src/core/heatmap.rs. Nothing here has the browser lay the page out: what needs that is asked after the next frame.
 */

import { NO_CAPTURE, TOOLBAR, isWithin, later, targetOf } from './dom.js'
import { places } from './places.js'

/** How long the mouse rests before its place is told, in milliseconds. */
const REST = 500

/** The most samples between two frames. */
const MOST = 100

/** @typedef {{ kind: string, target: Element | null | undefined, url: string, event: MouseEvent }} Sample */

/** @param {import('./page.js').Watched} page */
export const watchHeatmap = (page) => {
  /** What is not told yet. @type {Sample[]} */
  let samples = []
  /** Where the mouse was last, if that is not told. @type {MouseEvent | undefined} */
  let moved
  const placeOf = places(page)

  /** @param {string} kind empty if it is not to be told @param {MouseEvent} event @param {Sample['target']} target */
  const take = (kind, event, target) => {
    if (samples.length == MOST) return
    samples.push({ kind, target, url: location.href, event })
    if (samples.length == 1) requestAnimationFrame(() => tellLater())
  }

  const tell = () => {
    const { capture_heatmaps, rageclick } = page.settings
    const calming = rageclick?.css_selector_ignorelist ?? ['.ph-no-rageclick']
    for (const { kind, target, url, event } of samples.splice(0)) {
      if (!target || isWithin(target, NO_CAPTURE + ',' + TOOLBAR)) continue
      const place = placeOf(event, target)
      if (!kind) continue
      const isCalm = rageclick === false || isWithin(target, calming.join())
      const sample = { ...place, url, stamp: Math.floor(event.timeStamp) }
      const settings = { ...capture_heatmaps, ...(isCalm ? { click_count: 0 } : rageclick) }
      page.tell('heatmap', kind, JSON.stringify(sample), JSON.stringify(settings))
    }
  }
  const tellLater = later(page, 'the heatmap', tell)

  const rest = later(page, 'the heatmap', () => {
    const event = moved
    if (!event) return
    const left = event.timeStamp + REST - page.now()
    if (left > 0) return rest(left)
    moved = undefined
    take('mousemove', event, event.target instanceof Element ? event.target : undefined)
  })

  page.listen(document, 'mousemove', (event) => {
    moved = event
    rest(REST)
  })
  // What is clicked is often gone by the next frame. Then its place is known from when the button went down.
  page.listen(document, 'pointerdown', (event) => take('', event, targetOf(event)))
  page.listen(document, 'click', (event) => {
    // What is clicked by a keyboard or a script has no place.
    if (event.detail || event.clientX || event.clientY) take('click', event, targetOf(event))
  })
  // Before the client hears of it, which sends what it has been told.
  page.listen(window, 'visibilitychange', () => {
    moved = undefined
    if (document.visibilityState == 'hidden') tell()
  })
  page.listen(window, 'pagehide', tell)
}
