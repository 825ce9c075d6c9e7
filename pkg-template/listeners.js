// @ts-check
import { attempt, complain } from './guard.js'

/** What the app wants to be told. A listener that fails harms nobody. */
export class Listeners {
  /** @type {Set<{ event: string, callback: (...details: any[]) => void }>} */
  #listeners = new Set()

  /**
   * @param {string} event `'*'` is all of them
   * @param {(...details: any[]) => void} callback
   * @returns {() => void} ends it
   */
  add(event, callback) {
    const listener = { event, callback }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** @param {string} event @param {any[]} details */
  tell(event, ...details) {
    for (const { event: wanted, callback } of [...this.#listeners]) {
      if (wanted == event) attempt('a listener', () => callback(...details))
      else if (wanted == '*') attempt('a listener', () => callback(event, ...details))
    }
  }

  clear() {
    this.#listeners.clear()
  }
}

/** @param {any} listener */
export const isListener = (listener) => {
  if (typeof listener == 'function') return true
  complain('a listener that is no function was ignored')
}
