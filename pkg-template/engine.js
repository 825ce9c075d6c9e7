// @ts-check
/** The instance of the core that all clients share, on the engine of this chunk: WebAssembly, or JavaScript in its place. */

import { instantiate } from './generated/glue.js'
import { Refusal, guard } from './guard.js'
import { hasGivenUp, trapped } from './rescue.js'

/** @typedef {ReturnType<ReturnType<typeof start>['create']>} Core */

/** @typedef {(imports: any) => any} Start gives what an instance exports */

/** @type {Start} */
let startInstance
/** What `$lib_engine` says. @type {string} */
let name
/** @type {ReturnType<typeof start> | undefined} */
let running

/** Says what the core runs on and how an instance is started. @param {'wasm' | 'js'} engine @param {Start} start */
export const runOn = (engine, start) => {
  name = engine
  startInstance = start
}

/**
 * What the core exports. Starts an instance at the first call, and a new one after a trap. Nothing that it does throws: what
 * traps answers nothing, and so does all that is asked of a core of an instance that has trapped.
 *
 * @throws {Error} after too many traps
 */
export const engine = () => (running ??= start())

const start = () => {
  if (hasGivenUp()) throw new Refusal('was ignored, for the core keeps failing on this page')
  let isFailing = false
  const { Core, uuid, enter } = instantiate(startInstance, (/** @type {any} */ error) => {
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
    name,
    /** @param {ConstructorParameters<typeof Core>} args */
    create: (...args) => enter(() => new Core(...args)) ?? Object.create(Core.prototype),
    uuid: () => enter(uuid),
  }
  return instance
}
