// @ts-check
/**
 * Several copies of the package on one page: because modules run again when code changes, or because two scripts have each
 * brought one along, perhaps of another version. Of a project's clients of one name the first works, and those of other
 * copies hand on to it whatever they are asked for, so that nothing is captured twice.
 */

/** Under this the copies find each other. Whoever lists the page's globals does not see it. */
const KEY = Symbol.for('hoglet')

/** Who works in a client's place. @type {WeakMap<object, any>} */
const others = new WeakMap()

/** The page's clients that work, by what they are. @returns {Map<string, any>} */
const working = () => (/** @type {any} */ (window)[KEY] ??= new Map())

/** Who works in the place of a client, if somebody does. @param {any} client @returns {any} */
export const otherFor = (client) => others.get(client)

/**
 * Finds who works in the place of a client that is about to.
 *
 * @param {object} client
 * @param {string} identity the project and the name
 */
export const findOther = (client, identity) => {
  others.delete(client)
  const other = working().get(identity)
  if (other) others.set(client, other)
  return other
}

/** Says that a client works from now on. @param {object} client @param {string} identity */
export const beginWork = (client, identity) => working().set(identity, client)

/** Says that it does not any more. @param {object} client */
export const endWork = (client) => {
  for (const [identity, worker] of working()) if (worker == client) working().delete(identity)
}
