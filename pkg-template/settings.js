// @ts-check
/**
 * An app's settings in an object of our own: what the app does to its object later does not matter, and a setting that
 * cannot be read is left out.
 *
 * @param {any} config
 */
export const readSettings = (config) => {
  /** @type {any} */
  const settings = {}
  const attempt = (/** @type {() => void} */ read) => {
    try {
      read()
    } catch (error) {
      console.error('[hoglet] a setting could not be read', error)
    }
  }
  attempt(() => {
    for (const key of Object.keys(config || {})) attempt(() => (settings[key] = config[key]))
  })
  return settings
}
