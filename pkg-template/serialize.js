// @ts-check
/**
 * An app's values as JSON text that PostHog's ingestion accepts.
 *
 * One value that it refuses costs every event of the request, so nothing of the kind leaves here; and whatever an
 * app passes, the rest of its properties arrives.
 */

/** Deeper values are cut: the ingestion refuses 128 levels, with those of the batch around an event counted. */
const MAX_DEPTH = 100

/** More values than this are cut, so that an endless object cannot stop the page. */
const MAX_VALUES = 100_000

/**
 * JSON text of a value, empty if it has none.
 *
 * What JSON lacks is told as well as it can be: dates as ISO 8601, big integers as digits, errors by name, message
 * and stack, maps as objects and sets as arrays. Functions and symbols are left out. Where something cannot be
 * told, a word in square brackets stands in its place.
 *
 * @param {any} value
 * @param {number} maxLength of a string, in UTF-16 code units
 * @param {(note: string) => void} note hears what was changed
 * @returns {string}
 */
export const serialize = (value, maxLength, note) => {
  const plain = isFlat(value, maxLength) ? value : new Copy(maxLength, note).of(value, '', [])
  return wellFormed(JSON.stringify(plain) || '', note)
}

/**
 * Whether the engine's own JSON says all there is to say: most bags hold strings, numbers and booleans only, and
 * for those the walk is not needed.
 *
 * @param {any} bag
 * @param {number} maxLength
 */
const isFlat = (bag, maxLength) => {
  try {
    if (Object.getPrototypeOf(bag) != Object.prototype) return false
    for (const key in bag) {
      const value = bag[key]
      const type = typeof value
      const simple =
        type == 'string' ? value.length <= maxLength : type == 'number' || type == 'boolean' || value == undefined
      if (!simple) return false
    }
    return true
  } catch {
    return false
  }
}

/** Copies a value into objects, arrays and primitives that hold no surprise. */
class Copy {
  #left = MAX_VALUES
  #maxLength
  #note

  /** @param {number} maxLength @param {(note: string) => void} note */
  constructor(maxLength, note) {
    this.#maxLength = maxLength
    this.#note = note
  }

  /**
   * @param {any} value
   * @param {string} key under which it stands, for `toJSON`
   * @param {any[]} ancestors the objects that it stands in, outermost first
   * @returns {any}
   */
  of(value, key, ancestors) {
    try {
      return this.#of(typeof value?.toJSON == 'function' ? value.toJSON(key) : value, ancestors)
    } catch {
      return this.#instead('unreadable', key)
    }
  }

  /** @param {any} value @param {any[]} ancestors */
  #of(value, ancestors) {
    switch (typeof value) {
      case 'string':
        if (value.length <= this.#maxLength) return value
        this.#note('a string of ' + value.length + ' characters was cut to ' + this.#maxLength)
        return value.slice(0, this.#maxLength)
      case 'bigint':
        return String(value)
      case 'function':
      case 'symbol':
        this.#note('a ' + typeof value + ' was left out')
        return
      case 'object':
        return value && this.#object(value, ancestors)
      default:
        return value
    }
  }

  /** @param {any} object @param {any[]} ancestors */
  #object(object, ancestors) {
    if (ancestors.includes(object)) return this.#instead('circular')
    if (ancestors.length >= MAX_DEPTH) return this.#instead('nested too deep')
    const within = [...ancestors, object]
    // The tag knows an error or a map of another window too, where `instanceof` does not.
    const tag = Object.prototype.toString.call(object).slice(8, -1)
    if (Array.isArray(object) || tag == 'Set') {
      const items = []
      for (const item of tag == 'Set' ? object : object.slice(0, this.#left)) {
        if (this.#isSpent()) break
        items.push(this.of(item, String(items.length), within))
      }
      return items
    }
    if (tag == 'Number' || tag == 'String' || tag == 'Boolean' || tag == 'BigInt') return this.#of(object.valueOf(), ancestors)
    if (typeof object.nodeType == 'number' || object.window === object) return this.#instead(tag)
    const members = Object.create(null)
    const copy = (/** @type {string} */ key, /** @type {() => any} */ read) => {
      let value
      try {
        value = read()
      } catch {
        members[key] = this.#instead('unreadable', key)
        return
      }
      members[key] = this.of(value, key, within)
    }
    if (tag == 'Map') {
      for (const [key, value] of object) {
        if (this.#isSpent()) break
        copy(String(key), () => value)
      }
      return members
    }
    if (tag == 'Error' || tag == 'DOMException') {
      for (const key of ['name', 'message', 'stack', 'cause', 'errors']) {
        if (key in object) copy(key, () => object[key])
      }
    }
    for (const key of Object.keys(object)) {
      if (this.#isSpent()) break
      copy(key, () => object[key])
    }
    return members
  }

  #isSpent() {
    if (this.#left-- > 0) return false
    if (this.#left == -1) this.#note('more than ' + MAX_VALUES + ' values were cut')
    return true
  }

  /** @param {string} word @param {string} [key] */
  #instead(word, key) {
    this.#note((key ? JSON.stringify(key) : 'a value') + ' was replaced by [' + word + ']')
    return '[' + word + ']'
  }
}

/**
 * Replaces halves of surrogate pairs, which the engine writes as escapes, by U+FFFD.
 *
 * @param {string} json
 * @param {(note: string) => void} note
 */
const wellFormed = (json, note) => {
  if (!/\\ud[89a-f]/.test(json)) return json
  // Every escape is matched, so that a backslash of the app's own does not begin one.
  return json.replace(/\\(?:(ud[89a-f]..)|.)/g, (escape, half) => {
    if (!half) return escape
    note('half a surrogate pair was replaced by U+FFFD')
    // As an escape, for the character itself would have the browser keep the core's script in twice the memory.
    return '\\ufffd'
  })
}
