import type { Hoglet } from './index.js'

export type * from './index.js'

/** The client of the entry `hoglet/eager`, whose core comes with the app's own code; `init` is synchronous. */
declare const hoglet: Hoglet
export default hoglet
