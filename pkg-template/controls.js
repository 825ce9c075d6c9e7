// @ts-check
/** Reads what a control says, what it holds and where it leads, for rules that the elements alone do not answer. */

import {
  INPUT,
  MAX_CURSORS,
  MAX_NODES,
  MAX_TEXT,
  around,
  attributeOf,
  firstChild,
  hasHand,
  isElement,
  nextSibling,
  of,
  tagOf,
  textsOf,
} from './elements.js'
import { attempt } from './guard.js'
import { matches, neverOf, selectorsOf } from './matching.js'

const HIDDEN = '.ph-no-capture, .ph-sensitive'
const WITH_VALUE = ['[data-ph-capture-value]']

/** Inputs whose values visitors do not type, or nobody may know. */
const WITHOUT_VALUE = /^(password|hidden|file|checkbox|button|submit|reset|image)$/i

const LINK = /^(a|area)$/
const CONTROL = /^(button|a|input|select|textarea|label)$/
const CONTROL_ROLE = /^(button|link|tab|menuitem|option)$/i

const baseURI = of('Node', 'baseURI')
const assignedSlot = of('Element', 'assignedSlot')
const querySelector = of('Element', 'querySelector')

/** Where the nearest link leads. @param {any[]} path */
export const linkOf = (path) => {
  for (const element of path) {
    if (!LINK.test(tagOf(element))) continue
    const href = attributeOf(element, 'href') ?? attributeOf(element, 'xlink:href')
    try {
      if (href != null) return new URL(href.slice(0, MAX_TEXT), baseURI.call(element)).href.slice(0, MAX_TEXT)
    } catch {
      return
    }
  }
}

/**
 * What a changed input holds, if the settings ask for it and nothing forbids it.
 *
 * @param {any} target
 * @param {any} settings
 */
export const valueOf = (target, settings) => {
  const wanted = settings.autocapture?.capture_value_css_selector_allowlist ?? WITH_VALUE
  const tag = tagOf(target)
  if (settings.mask_all_text || !INPUT.test(tag)) return
  if (tag == 'input' && WITHOUT_VALUE.test(attributeOf(target, 'type') ?? '')) return
  if (tag == 'select' && attributeOf(target, 'multiple') != null) return
  const isWanted =
    typeof wanted == 'function'
      ? attempt('capture_value_css_selector_allowlist', () => wanted(target))
      : selectorsOf(wanted).some((selector) => matches(target, selector))
  if (!isWanted || querySelector.call(target, HIDDEN)) return
  const forbidding = [HIDDEN, ...selectorsOf(neverOf(settings))]
  let element = querySelector.call(target, 'option:checked') ?? target
  for (let at = 0; element && at < 1000; at++) {
    if (forbidding.some((selector) => matches(element, selector))) return
    // A slot may hide what is shown in it.
    element = assignedSlot.call(element) ?? around(element)
  }
  return attempt('reading a value', () => String(target.value).slice(0, MAX_TEXT))
}

/**
 * What the control says that was clicked: its text and its label.
 *
 * @param {any[]} path
 * @returns {string[]}
 */
export const labelOf = (path) => {
  const isControl = (/** @type {any} */ element) =>
    CONTROL.test(tagOf(element)) || CONTROL_ROLE.test(attributeOf(element, 'role') ?? '')
  const control = path.find(isControl)
  if (control) return sayingOf(control)
  for (const element of path.slice(0, MAX_CURSORS)) {
    if (!hasHand(element)) break
    const saying = sayingOf(element)
    if (saying[0] || saying[1]) return saying
  }
  return sayingOf(path[0])
}

/** @param {any} control */
const sayingOf = (control) => {
  let text = ''
  let label = ''
  const left = { nodes: MAX_NODES }
  const collect = (/** @type {any} */ element) => {
    if (INPUT.test(tagOf(element)) || matches(element, HIDDEN)) return
    text += ' ' + textsOf(element, left).map((part) => part.trim()).join('')
    label ||= attributeOf(element, 'aria-label') ?? ''
    for (let node = firstChild.call(element); node && left.nodes-- > 0; node = nextSibling.call(node)) {
      if (isElement(node)) collect(node)
    }
  }
  collect(control)
  const said = normal(text)
  return [said, normal(attributeOf(control, 'aria-label') || (said ? '' : label))]
}

/** @param {string} text */
const normal = (text) => text.slice(0, MAX_TEXT).replace(/\s+/g, ' ').trim().toLowerCase()
