// @ts-check
/** The core as WebAssembly, from the bytes that lie in this chunk as text. */

import { checksum, length, text } from './generated/wasm.js'

/** @type {WebAssembly.Module | undefined} */
let compiled

const compile = () => (compiled ??= new WebAssembly.Module(decode()))

/** Starts an instance of the core. @param {any} imports @returns {any} its exports */
export const start = (imports) => new WebAssembly.Instance(compile(), imports).exports

/** Whether the core can run as WebAssembly where that is allowed: its bytes have arrived as they were sent. */
export const isUsable = () => {
  try {
    return !!compile()
  } catch {
    return false
  }
}

const decode = () => {
  const bytes = read()
  const words = new Int32Array(bytes.buffer, 0, bytes.length >> 2)
  let sum = 0
  for (let at = 0; at < words.length; at++) sum = (Math.imul(sum, 31) + words[at]) | 0
  for (let at = 4 * words.length; at < bytes.length; at++) sum = (Math.imul(sum, 31) + bytes[at]) | 0
  if (bytes.length != length || sum != checksum) {
    // A script that is read in another charset than UTF-8 has other characters.
    const message = '[hoglet] the core was garbled on the way: serve it as UTF-8'
    console.warn(message)
    throw new Error(message)
  }
  return bytes
}

/** The text's bytes. By way of base64 the engine itself makes them of it, in a tenth of the time that a loop takes. */
const read = () => {
  const characters = text()
  try {
    return Uint8Array.fromBase64(btoa(characters))
  } catch {}
  const bytes = new Uint8Array(characters.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at)
  return bytes
}
