// @ts-check
/** Web Locks: whoever holds the one of a name owns what it stands for, until they give it up or their page is gone. */

/**
 * Asks for a lock, which is granted unless somebody has it.
 *
 * @param {string} name
 * @param {boolean} isNew whether nobody else can know the name yet
 * @returns {{ granted: Promise<boolean>, release: () => void }} `granted` is rejected where there are no Web Locks;
 *   `release` gives the lock up, or calls the request off
 */
export const claim = (name, isNew) => {
  const controller = new AbortController()
  let release = () => {}
  /** @type {Promise<void>} */
  const released = new Promise((resolve) => {
    release = () => {
      resolve()
      controller.abort()
    }
  })
  /** @type {Promise<boolean>} */
  const granted = new Promise((resolve, reject) => {
    released.then(() => resolve(false))
    // What is granted after its release is given up at once.
    const hold = (/** @type {Lock | null} */ lock) => {
      resolve(!!lock)
      return lock && released
    }
    // Chromium does not keep a page that is left while it asks, but for a request that can be aborted; whether a lock is
    // free can only be asked without.
    const options = isNew ? { signal: controller.signal } : { ifAvailable: true }
    navigator.locks.request(name, options, hold).catch(reject)
  })
  return { granted, release }
}

/**
 * The names of the locks that this origin's pages hold or wait for; rejected where there are no Web Locks.
 *
 * @returns {Promise<string[]>}
 */
export const lockNames = async () => {
  const locks = Object.values(await navigator.locks.query()).flat()
  return locks.map(({ name }) => name)
}
