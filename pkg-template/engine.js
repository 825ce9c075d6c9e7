// @ts-check
/** The WebAssembly module, from the bytes that lie in this chunk as text, and the instance of it that all clients share. */

import { instantiate } from './generated/glue.js'
import { checksum, length, text } from './generated/wasm.js'
import { Refusal, guard } from './guard.js'
import { hasGivenUp, trapped } from './rescue.js'

/** @typedef {ReturnType<ReturnType<typeof start>['create']>} Core */

/** @type {WebAssembly.Module | undefined} */
let compiled
/** @type {ReturnType<typeof start> | undefined} */
let running

/**
 * What the module exports. Compiles it at the first call, and starts a new instance after a trap. Nothing that it does
 * throws: what traps answers nothing, and so does all that is asked of a core of an instance that has trapped.
 *
 * @throws {Error} if the bytes were garbled on the way, if the page may not compile WebAssembly, or after too many traps
 */
export const engine = () => (running ??= start())

const start = () => {
  if (hasGivenUp()) throw new Refusal('was ignored, for the core keeps failing on this page')
  compiled ??= new WebAssembly.Module(decode())
  let isFailing = false
  const { Core, uuid, enter } = instantiate(compiled, (/** @type {any} */ error) => {
    if (isFailing || running != instance) return
    isFailing = true
    try {
      trapped(error)
      running = undefined
    } finally {
      isFailing = false
    }
  })
  guard(Core.prototype, (_, action) => enter(action))
  const instance = {
    /** @param {ConstructorParameters<typeof Core>} args */
    create: (...args) => enter(() => new Core(...args)) ?? Object.create(Core.prototype),
    uuid: () => enter(uuid),
  }
  return instance
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
