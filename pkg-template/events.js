// @ts-check
/** Events on their way from the core to the app: what a command made, past the app's hooks, to its listeners. */

import { ask } from './asking.js'
import { Captured } from './captured.js'
import { complain } from './guard.js'
import { hooksOf, throughHooks } from './hooks.js'
import { asJson } from './values.js'

/** Events that PostHog's own features count on. */
const RELIED_ON = /^\$(pageview|pageleave|set|identify|groupidentify|create_alias|feature_flag_called)$/

/** How deep hooks may capture within hooks: one that captures at every event would never end. */
const MAX_DEPTH = 8

/** @typedef {import('./generated/glue.js').Core} Core */

export class Events {
  #core
  #settings
  #listeners
  /** What the core has told last that events have in common. */
  #shared = ''
  /** @type {import('./hooks.js').Hook[]} */
  #hooks = []
  /** How many events the hooks are looking at, each captured by a hook for the one before. */
  #depth = 0

  /** @param {Core} core @param {any} settings @param {import('./listeners.js').Listeners} listeners */
  constructor(core, settings, listeners) {
    this.#core = core
    this.#settings = settings
    this.#listeners = listeners
  }

  /** Looks for hooks among the settings. With hooks the core holds every event back until they have seen it. */
  configure() {
    this.#hooks = hooksOf(this.#settings)
    ask(this.#core, 'hold', this.#hooks.length ? 'yes' : '')
  }

  /**
   * What the app gets of an event.
   *
   * @param {string | undefined} text what the core says of it, if it made one
   */
  take(text) {
    const captured = this.#read(text)
    const event = captured && this.#hooks.length ? this.#throughHooks(captured) : captured
    if (event) this.#listeners.tell('eventCaptured', event)
    return event
  }

  /**
   * The properties of an event that the core has told but not taken.
   *
   * @param {string | undefined} text
   */
  propertiesOf(text) {
    return this.#read(text)?.properties
  }

  /** @param {string | undefined} text the event's own, then what it shares with its neighbours if that has changed */
  #read(text) {
    if (!text) return
    const end = text.indexOf('\n')
    if (end < 0) return new Captured(text, this.#shared)
    this.#shared = text.slice(end + 1)
    return new Captured(text.slice(0, end), this.#shared)
  }

  /** @param {Captured} captured */
  #throughHooks(captured) {
    const { uuid, event: name, timestamp } = captured
    let passed
    this.#depth++
    try {
      if (this.#depth > MAX_DEPTH) throw new Error('hooks capture within hooks without end')
      passed = throughHooks(this.#hooks, { ...captured.toJSON(), timestamp })
      if (!passed && this.#settings.debug) {
        const warning = RELIED_ON.test(name) ? ', which features of PostHog count on' : ''
        console.warn('[hoglet] before_send dropped ' + name + warning)
      }
    } catch (error) {
      complain('a hook failed: ' + name + ' is dropped', error)
    }
    this.#depth--
    ask(this.#core, 'resolve', uuid, passed ? asJson(passed, this.#settings) : '')
    return passed
  }
}
