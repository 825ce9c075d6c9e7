// @ts-check
/** Functions of the page that are replaced by others which call them, and come back. */

/** What a wrapper has wrapped, once it does nothing more: other copies of the package may have wrapped it. */
const WRAPPED = Symbol.for('hoglet.wrapped')

/**
 * Puts a wrapper in the place of a function.
 *
 * @param {any} owner
 * @param {string} name
 * @param {(original: any) => any} make
 * @returns {() => void} takes it away; where somebody else has wrapped it, it stays, and is to do nothing more
 */
export const wrap = (owner, name, make) => {
  const original = owner[name]
  const wrapper = make(original)
  owner[name] = wrapper
  return () => {
    wrapper[WRAPPED] = original
    if (owner[name] != wrapper) return
    let found = original
    while (found[WRAPPED]) found = found[WRAPPED]
    if (Object.getPrototypeOf(owner)[name] == found) Reflect.deleteProperty(owner, name)
    else owner[name] = found
  }
}
