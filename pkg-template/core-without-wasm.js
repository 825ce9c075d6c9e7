// @ts-check
/** The core chunk for where WebAssembly is refused: the same client, and the same core as JavaScript. */

import { runOn } from './engine.js'
import { start } from './generated/javascript.js'

runOn('js', start)

export { Client } from './client.js'
