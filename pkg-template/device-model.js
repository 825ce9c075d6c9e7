// @ts-check

/**
 * Asks the browser which model the device is, and tells it unless it is not known. Browsers answer later or, most of them,
 * cannot be asked; that is no failure.
 *
 * @param {(model: string) => void} tell
 */
export const askForDeviceModel = async (tell) => {
  try {
    const { userAgentData } = /** @type {any} */ (navigator)
    const { model } = await userAgentData.getHighEntropyValues(['model'])
    if (model && typeof model == 'string') tell(model)
  } catch {}
}
