// @ts-check
/**
 * Tells the core of what visitors do with the page. What has to be asked of the page or of the app's own settings is asked
 * here: addresses, selectors, and the value of an input. The rest is the core's business.
 */

import { labelOf, linkOf, valueOf } from './controls.js'
import { MAX_TEXT, of, pathFrom, readChain, tagOf } from './elements.js'
import { isIgnored, matchesAny } from './matching.js'

/** How far a pointer may move between its press and its click, in CSS pixels, and how long it may take, in milliseconds. */
const MAX_MOVE = 5
const MAX_WAIT = 500

const NEVER_RAGE = ['.ph-no-rageclick', '.ph-no-capture']

const isConnected = of('Node', 'isConnected')

/**
 * Watches clicks, changes and submissions, and copies if `capture_copied_text` is set from the beginning.
 *
 * @param {import('./page.js').Watched} page
 */
export const watchInteractions = (page) => {
  const { settings } = page
  /** Where a pointer was pressed, until it clicks. @type {any} */
  let pressed
  page.listen(document, 'pointerdown', (event) => {
    const { isPrimary, button, ctrlKey, pointerId, clientX, clientY } = event
    pressed = isPrimary && !button && !ctrlKey && { target: targetOf(event), pointerId, clientX, clientY, until: 0 }
  })
  page.listen(document, 'pointerup', (event) => {
    if (pressed) pressed.until = isNear(event, pressed) ? event.timeStamp + MAX_WAIT : 0
  })
  const interact = (/** @type {any} */ event) => {
    let path = pathFrom(targetOf(event))
    if (event.type == 'click') {
      if (path[0] && /^(html|body)$/.test(tagOf(path[0])) && isMeant(event, pressed)) path = pathFrom(pressed.target)
      pressed = undefined
    }
    const { autocapture, capture_outbound_clicks, capture_download_clicks } = settings
    if (!autocapture && !capture_outbound_clicks && !capture_download_clicks) return
    page.tell('interaction', event.type, JSON.stringify(describe(event, path, settings)))
  }
  const kinds = ['click', 'change', 'submit']
  if (settings.autocapture?.capture_copied_text) kinds.push('copy', 'cut', 'paste')
  for (const kind of kinds) page.listen(document, kind, interact)
}

/** The innermost node that the page may see. @param {any} event */
const targetOf = (event) => event.composedPath()[0] ?? event.target

/** @param {any} event @param {any} pressed */
const isNear = (event, pressed) =>
  event.pointerId == pressed.pointerId &&
  Math.abs(event.clientX - pressed.clientX) <= MAX_MOVE &&
  Math.abs(event.clientY - pressed.clientY) <= MAX_MOVE

/**
 * Whether a click that landed on the page itself was meant for what was pressed, but the page changed in between.
 *
 * @param {any} event
 * @param {any} pressed
 */
const isMeant = (event, pressed) =>
  pressed &&
  event.timeStamp <= pressed.until &&
  !event.button &&
  (event.detail > 0 || /^(touch|pen)$/.test(event.pointerType)) &&
  isNear(event, pressed) &&
  isConnected.call(pressed.target)

/**
 * What the core is told of an interaction; its members are described at `Autocapture::handle`.
 *
 * @param {any} event
 * @param {any[]} path
 * @param {any} settings
 */
const describe = (event, path, settings) => {
  const { rageclick } = settings
  const kind = event.type
  /** @type {any} */
  const told = {}
  if (kind == 'click') {
    told.x = whole(event.clientX)
    told.y = whole(event.clientY)
    told.time = whole(event.timeStamp)
  }
  if (!path[0] || isIgnored(path, settings)) {
    told.ignored = true
    return told
  }
  const chain = (told.chain = readChain(path, kind))
  if (kind == 'click') {
    told.link = linkOf(path)
    if (rageclick && matchesAny(path, rageclick.css_selector_ignorelist ?? NEVER_RAGE)) told.calm = true
    // Of what cannot be captured, only the tags are read.
    else if (rageclick?.content_ignorelist && chain[0].length > 1) told.label = labelOf(path)
  } else if (kind == 'change') {
    told.value = valueOf(path[0], settings)
  } else if (kind == 'copy' || kind == 'cut') {
    const selection = String(getSelection() ?? '')
    told.selection = selection.slice(0, MAX_TEXT)
    told.length = selection.length
  }
  return told
}

/** @param {number} number */
const whole = (number) => Math.max(0, Math.round(number))
