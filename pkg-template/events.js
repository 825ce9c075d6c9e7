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

/** @typedef {import('./engine.js').Core} Core */

export class Events {
  /** @type {Core | undefined} */
  #core
  #settings
  #listeners
  /** What the core has told last that events have in common. */
  #shared = ''
  /** @type {import('./hooks.js').Hook[]} */
  #hooks = []
  /** How many events the hooks are looking at, each captured by a hook for the one before. */
  #depth = 0

  /** The events, as JSON, that the core may not have stored yet. @type {string[]} */
  unsettled = []

  /** @param {any} settings @param {import('./listeners.js').Listeners} listeners */
  constructor(settings, listeners) {
    this.#settings = settings
    this.#listeners = listeners
  }

  /** Works with that core from now on. @param {Core} core */
  start(core) {
    this.#core = core
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
    if (text) return this.#take(this.#own(text), this.#shared)
  }

  /**
   * Tells the app of an event that the page gave rise to.
   *
   * @param {string} text the event's own, then what it shares; which comes later than what the core has told since
   */
  hear(text) {
    const [own, shared] = text.split('\n')
    this.#take(own, shared)
  }

  /** @param {string} own @param {string} shared */
  #take(own, shared) {
    const captured = new Captured(own, shared)
    const event = this.#hooks.length ? this.#throughHooks(captured) : captured
    if (event == captured) this.unsettled.push(own + shared + '}}')
    if (event) this.#listeners.tell('eventCaptured', event)
    return event
  }

  /** Has the core make changes of which the events are there already. @param {[string, ...string[]][]} changes */
  repeat(changes) {
    ask(this.#core, 'hold', 'yes')
    for (const [name, ...texts] of changes) {
      const text = ask(this.#core, name, ...texts)
      if (text) ask(this.#core, 'resolve', text.slice(9, 45))
    }
    this.configure()
  }

  /**
   * The properties of an event that the core has told but not taken.
   *
   * @param {string | undefined} text
   */
  propertiesOf(text) {
    return text && new Captured(this.#own(text), this.#shared).properties
  }

  /**
   * What is an event's own of what the core says of it.
   *
   * @param {string} text the event's own, then what it shares with its neighbours if that has changed
   */
  #own(text) {
    const end = text.indexOf('\n')
    if (end < 0) return text
    this.#shared = text.slice(end + 1)
    return text.slice(0, end)
  }

  /** @param {Captured} captured */
  #throughHooks(captured) {
    const { uuid, event: name, timestamp } = captured
    const core = this.#core
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
    const json = passed ? asJson(passed, this.#settings) : ''
    if (core == this.#core) ask(core, 'resolve', uuid, json)
    // The core that holds it has trapped while the hooks had it.
    else if (json) ask(this.#core, 'restore', json)
    if (json) this.unsettled.push(json)
    return passed
  }
}
