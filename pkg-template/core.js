// @ts-check
/** The core chunk: the client, and the WebAssembly module that it drives with its bytes inside. */

import { runOn } from './engine.js'
import { start } from './webassembly.js'

runOn('wasm', start)

export { Client } from './client.js'
export { isUsable } from './webassembly.js'
