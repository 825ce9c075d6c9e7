// @ts-check
/** Has the app's requests carry the visitor's ids, from when that is wanted until the client ends. */

import { complain } from './guard.js'

export class Tracing {
  #client
  /** Takes the headers away again. @type {(() => void) | undefined} */
  #stop

  /** @param {import('./client.js').Client} client */
  constructor(client) {
    this.#client = client
  }

  begin() {
    if (this.#stop) return
    let isOver = false
    const stop = () => {
      isOver = true
    }
    this.#stop = stop
    import('./tracing.js').then(
      ({ trace }) => {
        if (!isOver) this.#stop = trace(this.#client)
      },
      (error) => {
        if (this.#stop == stop) this.#stop = undefined
        complain('the tracing headers could not be loaded', error)
      },
    )
  }

  end() {
    this.#stop?.()
    this.#stop = undefined
  }
}
