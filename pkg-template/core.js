// @ts-check
/** The core chunk: the client, and the WebAssembly module that it drives with its bytes inside. */

export { Client } from './client.js'
