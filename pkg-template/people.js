// @ts-check
/**
 * posthog-js's older words for `setPersonProperties`: one property or several, and a callback, which is called at once.
 *
 * @param {any} client
 */
export const people = (client) => {
  const setter =
    (/** @type {boolean} */ once) =>
    (/** @type {any} */ property, /** @type {any} */ value, /** @type {any} */ callback) => {
      const properties = typeof property == 'string' ? { [property]: value } : property
      if (once) client.setPersonProperties(undefined, properties)
      else client.setPersonProperties(properties)
      try {
        callback?.({})
      } catch (error) {
        console.error(error)
      }
    }
  return { set: setter(false), set_once: setter(true) }
}
