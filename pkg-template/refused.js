// @ts-check
/** Whether the page may run WebAssembly at all, remembered for the session where it may not. */

import { isContentScript } from './content-script.js'

/** The smallest module there is: where it is refused the core is worth neither fetching nor decoding. */
const SMALLEST = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)

export const isRefused = () => {
  try {
    if (sessionStorage.hoglet_engine == 'js') return true
  } catch {}
  try {
    // WebKit refuses only the instance.
    new WebAssembly.Instance(new WebAssembly.Module(SMALLEST))
    return false
  } catch {
    return true
  }
}

/** Spares the next page the question. In a content script nothing is left in the storage of whatever page it was put into. */
export const rememberRefusal = () => {
  if (isContentScript()) return
  try {
    sessionStorage.hoglet_engine = 'js'
  } catch {}
}
