// @ts-check
/** Several clients on one page: the one that the package exports, and those beside it that have names. */

/** The name of the exported client, which is posthog-js's. */
export const PRIMARY = 'posthog'

/** What a client calls itself. @param {string} name */
export const title = (name) => (name == PRIMARY ? name : PRIMARY + '.' + name)

/**
 * The client that `init` means by a name, if it is not the one that `init` was called on. It is made when the name is
 * new, and becomes a member of the exported client.
 *
 * @param {any} primary
 * @param {string} own the name of the client that `init` was called on
 * @param {string | undefined} name
 * @param {(name: string) => any} create
 */
export const another = (primary, own, name, create) => {
  if (!name || name == PRIMARY || name == own) return
  const found = (primary[name] ??= create(name))
  if (found.init) return found
  console.error('[hoglet] the name is taken: ' + name)
  return create(name)
}
