// @ts-check
/** What stands between the client and the app, so that neither can make the other fail. */

/** What an app asked for and cannot have. Its message goes on where the method's name ends. */
export class Refusal extends Error {}

/** @param {string} message @param {any[]} details */
export const complain = (message, ...details) => console.error('[hoglet] ' + message, ...details)

/**
 * Does something that may fail; a failure is said, never thrown.
 *
 * @template T
 * @param {string} what
 * @param {() => T} action
 * @returns {T | undefined}
 */
export const attempt = (what, action) => {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof Refusal)) complain(what + ' failed', error)
    // On a server there is nothing to say: the same code runs there on purpose.
    else if (typeof document == 'object') complain(what + ' ' + error.message)
  }
}

/**
 * Lets no method and no getter of a class throw.
 *
 * @param {any} prototype
 * @param {(what: string, action: () => any, holder: any, name: string, args: any[]) => any} [run] how they are run instead
 */
export const guard = (prototype, run = attempt) => {
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const what = name + '()'
    for (const kind of /** @type {const} */ (['value', 'get'])) {
      const action = member[kind]
      if (name == 'constructor' || !action) continue
      member[kind] = function (/** @type {any[]} */ ...args) {
        return run(what, () => action.apply(this, args), this, name, args)
      }
    }
    Object.defineProperty(prototype, name, member)
  }
}
