// @ts-check
/**
 * Reads what a page says of the elements that a visitor uses. What is captured, and what of it is told, is decided by the
 * core (`src/core/autocapture/`).
 *
 * Pages put anything into their elements: fields whose names hide what a form has, getters that throw, megabytes. So all is
 * read by the prototypes' own getters, no layout is asked for, and everything has a bound. Texts may hold halves of
 * surrogate pairs: JSON writes them as escapes, and the core reads those as U+FFFD.
 */

/** Elements of a chain, from the target outwards. */
const MAX_ELEMENTS = 1000

/** UTF-16 code units of one text: more than is told of it, so that the core sees a secret whole before it cuts. */
export const MAX_TEXT = 4096

/** UTF-16 code units of all attributes of a chain. */
const MAX_CHAIN_TEXT = 100_000

/** Attributes of an element. */
const MAX_ATTRIBUTES = 100

/** Nodes inside an element that are looked at for its texts. */
export const MAX_NODES = 200

/** Siblings that are counted before an element, and before all elements of a chain. */
const MAX_SIBLINGS = 1000
const MAX_ALL_SIBLINGS = 3000

/** Elements whose cursor is asked for, from the target outwards. Most inherit theirs. */
export const MAX_CURSORS = 5

const SVG = 1
const POINTER = 2
const INCOMPLETE = 32
/** @type {[string, number][]} */
const MARKS = [
  ['ph-no-capture', 4],
  ['ph-sensitive', 8],
  ['ph-include', 16],
]
const HIDDEN = 4 + 8

export const INPUT = /^(input|select|textarea)$/
const USEFUL = /^(a|button|form|input|select|textarea|label)$/
const SPEAKING = /^(a|button|form|label|area)$/

/**
 * A getter or method of a prototype, whatever an element's own properties are.
 *
 * @param {string} owner a class of the page; a server has none
 * @param {string} name
 */
export const of = (owner, name) => {
  const member = Object.getOwnPropertyDescriptor(/** @type {any} */ (globalThis)[owner]?.prototype ?? {}, name)
  return member?.get ?? member?.value
}

const nodeType = of('Node', 'nodeType')
const parentNode = of('Node', 'parentNode')
export const firstChild = of('Node', 'firstChild')
export const nextSibling = of('Node', 'nextSibling')
const substringData = of('CharacterData', 'substringData')
const tagName = of('Element', 'tagName')
const namespaceURI = of('Element', 'namespaceURI')
const classList = of('Element', 'classList')
const previousElementSibling = of('Element', 'previousElementSibling')
const getAttributeNames = of('Element', 'getAttributeNames')
const getAttribute = of('Element', 'getAttribute')

/** @param {any} node */
export const isElement = (node) => nodeType.call(node) == 1

/** @param {any} element @returns {string} */
export const tagOf = (element) => tagName.call(element).toLowerCase()

/** @param {any} element @param {string} name @returns {string | null} */
export const attributeOf = (element, name) => getAttribute.call(element, name)

/**
 * The element that a node is in, across shadow roots; what is slotted counts as where it was written.
 *
 * @param {any} node
 * @returns {any}
 */
export const around = (node) => {
  const parent = parentNode.call(node)
  const type = parent && nodeType.call(parent)
  return type == 1 ? parent : type == 11 ? parent.host : undefined
}

/**
 * The elements from a node outwards, up to and with the body. Without a body, up to the outermost one.
 *
 * @param {any} node
 * @returns {any[]}
 */
export const pathFrom = (node) => {
  const path = []
  let element = isElement(node) ? node : around(node)
  while (element && path.length < MAX_ELEMENTS) {
    path.push(element)
    element = tagOf(element) == 'body' ? null : around(element)
  }
  return path
}

/**
 * Reads the elements of a path, each into an array:
 *
 * `[tag, nthChild, nthOfType, texts, spans, flags, [name, value, name, value, …]]`
 *
 * - `tag` in lower case
 * - `nthChild`, `nthOfType` from 1; both 0 where more siblings are in front than are counted
 * - `texts`: the element's own text nodes; only of the first element, links, buttons, labels and forms
 * - `spans`: of links and buttons, the `<span>`s inside, nested ones behind those that they are in: `[id, text, text, …]`
 * - `flags`, added: 1 SVG, 2 the cursor is a hand, 4 `ph-no-capture`, 8 `ph-sensitive`, 16 `ph-include`, 32 attributes are
 *   missing, so that nothing else may be trusted
 *
 * Of a click that no rule could select, the arrays hold the tag only.
 *
 * @param {any[]} path as `pathFrom` gives it
 * @param {string} [kind] the event's type; cursors count for clicks only
 * @returns {any[]}
 */
export const readChain = (path, kind) => {
  const tags = path.map(tagOf)
  const hand = kind == 'click' ? handAt(path, tags) : 0
  if (hand < 0) return tags.map((tag) => [tag])
  const left = { text: MAX_CHAIN_TEXT, siblings: MAX_ALL_SIBLINGS, nodes: 0 }
  return path.map((element, at) => {
    try {
      return readElement(element, tags[at], at == 0, at + 1 == hand, left)
    } catch {
      return [tags[at], 0, 0, [], [], HIDDEN + INCOMPLETE, []]
    }
  })
}

/**
 * Where on a path the cursor is a hand, from 1: 0 if that makes no difference, less if nothing else would do.
 *
 * @param {any[]} path
 * @param {string[]} tags
 */
const handAt = (path, tags) => {
  const isForm = tags[0] == 'form'
  if (!isForm && tags.some((tag) => USEFUL.test(tag))) return 0
  const found = path.slice(0, isForm ? 1 : MAX_CURSORS).findIndex(hasHand)
  if (found >= 0) return found + 1
  return path[0] && attributeOf(path[0], 'contenteditable') == 'true' ? 0 : -1
}

/** @param {any} element */
export const hasHand = (element) => {
  try {
    return getComputedStyle(element).cursor == 'pointer'
  } catch {
    // Some browsers have no styles in frames that are not shown.
    return false
  }
}

/**
 * @typedef {{ text: number, siblings: number, nodes: number }} Left what may still be read
 *
 * @param {any} element
 * @param {string} tag
 * @param {boolean} isTarget
 * @param {boolean} isHand
 * @param {Left} left
 */
const readElement = (element, tag, isTarget, isHand, left) => {
  let flags = isHand ? POINTER : 0
  if (isTarget && namespaceURI.call(element) == 'http://www.w3.org/2000/svg') flags += SVG
  left.nodes = MAX_NODES
  const texts = isTarget || SPEAKING.test(tag) ? textsOf(element, left) : []
  const spans = tag == 'a' || tag == 'button' ? spansOf(element, [], left) : []
  const cut = (/** @type {string} */ text) => {
    const part = text.slice(0, Math.min(MAX_TEXT, left.text))
    left.text -= part.length
    return part
  }
  /** @type {string[]} */
  const attributes = []
  const names = getAttributeNames.call(element)
  for (const name of names) {
    const isClass = name == 'class'
    if (!isClass && attributes.length >= 2 * MAX_ATTRIBUTES) continue
    // A name that nobody can ask for has capitals in HTML.
    const value = attributeOf(element, name) ?? ''
    if (isClass) flags += marksOf(element, value)
    attributes.push(cut(name), cut(value))
  }
  if (names.length > MAX_ATTRIBUTES || left.text <= 0) flags += INCOMPLETE
  return [tag, ...countOf(element, left), texts, spans, flags, attributes]
}

/** @param {any} element @param {string | null} className */
const marksOf = (element, className) => {
  if (!className?.includes('ph-')) return 0
  const classes = classList.call(element)
  return MARKS.reduce((sum, [name, flag]) => sum + (classes.contains(name) ? flag : 0), 0)
}

/** Which child, and which of its type. @param {any} element @param {Left} left */
const countOf = (element, left) => {
  const tag = tagName.call(element)
  let nthChild = 1
  let nthOfType = 1
  for (let sibling = element; (sibling = previousElementSibling.call(sibling)); nthChild++) {
    if (nthChild > MAX_SIBLINGS || left.siblings-- <= 0) return [0, 0]
    if (tagName.call(sibling) == tag) nthOfType++
  }
  return [nthChild, nthOfType]
}

/** The text nodes among an element's children. @param {any} element @param {{ nodes: number }} left @returns {string[]} */
export const textsOf = (element, left) => {
  const texts = []
  for (let node = firstChild.call(element); node && left.nodes-- > 0; node = nextSibling.call(node)) {
    if (nodeType.call(node) == 3) texts.push(substringData.call(node, 0, MAX_TEXT))
  }
  return texts
}

/** @param {any} element @param {string[][]} spans @param {Left} left */
const spansOf = (element, spans, left) => {
  for (let node = firstChild.call(element); node && left.nodes-- > 0; node = nextSibling.call(node)) {
    if (!isElement(node) || tagOf(node) != 'span') continue
    // What is hidden is hidden with all that is inside it.
    if (marksOf(node, attributeOf(node, 'class')) & HIDDEN || attributeOf(node, 'contenteditable') != null) continue
    spans.push([(attributeOf(node, 'id') ?? '').slice(0, MAX_TEXT), ...textsOf(node, left)])
    spansOf(node, spans, left)
  }
  return spans
}
