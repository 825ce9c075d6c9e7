// @ts-check
/** The entry `hoglet/eager`: the core comes with the app's own code, and `init` is synchronous. */

import { Client } from './core.js'

export default new Client()
