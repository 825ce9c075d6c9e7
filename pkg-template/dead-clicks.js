// @ts-check
/**
 * Watches clicks and swipes and what comes of them; the core finds those that nothing came of. Fetched only if
 * `capture_dead_clicks` or `capture_heatmaps` is set. What is told stands in src/core/dead_click/mod.rs.
 */

import { NO_CAPTURE, TOOLBAR, isWithin, targetOf } from './dom.js'
import { pathFrom, readChain } from './elements.js'
import { watchMutations } from './mutations.js'
import { watchSwipes } from './swipes.js'

const SIGNS = ['mutation', 'scroll', 'selection_changed', 'visibility_changed', 'focus_changed']

/** What may answer a swipe without any change that a script can see. */
const OPAQUE = 'canvas, video, audio, embed, object'

const EDITABLE = 'input, textarea, [contenteditable]:not([contenteditable=false])'

/** @param {import('./page.js').Watched} page */
export const watchDeadClicks = (page) => {
  /** When each sign came last. @type {Record<string, number>} */
  const last = {}
  /** Those that have not come since the last gesture. */
  const awaited = new Set()
  /** @type {WeakMap<Element, number>} */
  const numbers = new WeakMap()
  let count = 0
  let hadRange = getSelection()?.type == 'Range'

  const settings = () => Object(page.settings.capture_dead_clicks)
  const now = () => Math.floor(page.now())
  const note = (/** @type {string} */ sign) => {
    last[sign] = now()
    if (awaited.delete(sign)) page.tell('dead_click_sign', sign, String(last[sign]))
  }

  const gesture = (/** @type {Event} */ event, /** @type {object} */ more) => {
    const target = targetOf(event)
    const ignored = settings().css_selector_ignorelist ?? ['.ph-no-deadclick', NO_CAPTURE]
    if (!target || target == document.documentElement || isWithin(target, [...ignored, TOOLBAR].join())) return
    if (!numbers.has(target)) numbers.set(target, ++count)
    const facts = { node: numbers.get(target), at: now(), stamp: Math.floor(event.timeStamp), ...last, ...more }
    // For the heatmap alone nobody asks what was clicked.
    const chain = page.settings.capture_dead_clicks ? JSON.stringify(readChain(pathFrom(target))) : ''
    for (const sign of SIGNS) awaited.add(sign)
    page.tell('dead_click_gesture', JSON.stringify(facts), chain, JSON.stringify(settings()))
  }

  const observe = watchMutations(page, () => note('mutation'))

  /** When the button went down. @type {number | undefined} */
  let down
  page.listen(window, 'pointerdown', (event) => {
    observe(event)
    down = now()
  })
  page.listen(window, 'click', (event) => {
    observe(event)
    const isModified = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey
    if (isModified && !settings().capture_clicks_with_modifier_keys) return
    // A link does what the browser does, and a keyboard's click has no detail.
    if (!isWithin(targetOf(event), 'a')) gesture(event, { down: event.detail ? down : undefined })
  })

  watchSwipes(page, (event, at, swipe) => {
    if (!page.settings.capture_dead_clicks || settings().capture_dead_swipes === false) return
    // What has changed since is an answer, and then looking for what is under the finger would take time.
    const isAlive = SIGNS.some((sign) => last[sign] >= at)
    if (!isAlive && !isOpaque(swipe)) gesture(event, { down: at, ...swipe })
  })

  page.listen(window, 'scroll', () => note('scroll'))
  page.listen(document, 'visibilitychange', () => note('visibility_changed'))
  for (const name of ['focus', 'blur']) {
    // Those of elements pass here as well.
    page.listen(window, name, ({ target }) => target == window && note('focus_changed'))
  }
  page.listen(document, 'selectionchange', () => {
    const isRange = getSelection()?.type == 'Range'
    // A click on plain text moves a caret that nobody sees.
    if (isRange || hadRange || isWithin(focused(), EDITABLE)) note('selection_changed')
    hadRange = isRange
  })
}

/** Whether something there, perhaps beneath something else, is of that kind. @param {import('./swipes.js').Swipe} swipe */
const isOpaque = ({ x, y }) =>
  document.querySelector(OPAQUE) && document.elementsFromPoint(x, y).some((element) => element.matches(OPAQUE))

/** The element with the focus, within whatever open shadow roots. */
const focused = () => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}
