// @ts-check
/** The WebAssembly module, from the bytes that lie in this chunk as text. */

import { Core, initSync, uuid } from './generated/glue.js'
import { checksum, length, text } from './generated/wasm.js'

let compiled = false

/**
 * What the module exports; compiles it at the first call.
 *
 * @throws {Error} if the bytes were garbled on the way, or if the page may not compile WebAssembly
 */
export const engine = () => {
  if (!compiled) {
    initSync({ module: decode() })
    compiled = true
  }
  return { Core, uuid }
}

const decode = () => {
  const bytes = new Uint8Array(text.length)
  let sum = 0
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = text.charCodeAt(at)
    sum = (Math.imul(sum, 31) + bytes[at]) | 0
  }
  // A script served with another charset than UTF-8 arrives with other characters.
  if (bytes.length != length || sum != checksum) throw new Error('the core was garbled on the way: serve it as UTF-8')
  return bytes
}
