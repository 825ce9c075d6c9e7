// @ts-check
/** The visitor's session, as the app sees it. */

import { ask } from './asking.js'
import { attempt } from './guard.js'
import { Listeners } from './listeners.js'

/** @typedef {import('./index.js').SessionListener} Listener */

export class Session {
  /** @type {import('./engine.js').Core | undefined} */
  #core
  #listeners = new Listeners()

  /** @param {import('./engine.js').Core} core */
  start(core) {
    this.#core = core
    const { sessionId, windowId } = this.#known()
    if (sessionId) this.#listeners.tell('', sessionId, windowId)
  }

  end() {
    this.#core = undefined
    this.#listeners.clear()
  }

  /**
   * Tells that another session has begun.
   *
   * @param {string} id
   * @param {string} window
   * @param {string} reason
   */
  changed(id, window, reason) {
    this.#listeners.tell('', id, window, {
      noSessionId: reason == 'none',
      activityTimeout: reason == 'idle',
      sessionPastMaximumLength: reason == 'maximum',
      crossTabAdoption: reason == 'adopted',
    })
  }

  /** @param {Listener} listener @returns {() => void} ends it */
  listen(listener) {
    let told = ''
    /** @type {Listener} */
    const tell = (id, window, reason) => {
      // One that asks while the session is new is told at once, and not again when the task ends.
      if (told != id + window) {
        told = id + window
        listener(id, window, reason)
      }
    }
    const stop = this.#listeners.add('', tell)
    const { sessionId, windowId } = this.#known()
    if (sessionId) attempt('a listener', () => tell(sessionId, windowId))
    return stop
  }

  /** Empty where there is no session, as in cookieless modes. */
  id() {
    return this.#look('session_id')
  }

  now() {
    const sessionId = this.id()
    return { ...this.#known(), sessionId }
  }

  /** The session that there is, if there is one; asking for it begins none. */
  #known() {
    const [lastActivityTimestamp, sessionId, sessionStartTimestamp] = JSON.parse(this.#look('property', '$sesid') || '[]')
    return { sessionId, windowId: this.#look('window_id'), sessionStartTimestamp, lastActivityTimestamp }
  }

  /**
   * Where PostHog shows the session's recording; empty where there is no session.
   *
   * @param {any} settings
   * @param {{ withTimestamp?: boolean, timestampLookBack?: number }} options
   */
  replayUrl({ ui_host, api_host, token }, { withTimestamp, timestampLookBack = 10 }) {
    const { sessionId, sessionStartTimestamp } = this.now()
    if (!sessionId) return ''
    const host = ui_host?.replace(/\/$/, '') || api_host.replace('.i.posthog.com', '.posthog.com')
    const url = host.replace('//app.posthog', '//us.posthog') + '/project/' + token + '/replay/' + sessionId
    if (!withTimestamp) return url
    const seconds = Math.floor((Date.now() - sessionStartTimestamp) / 1000) - timestampLookBack
    return url + '?t=' + Math.max(seconds, 0)
  }

  /** @param {string} name @param {string} [first] */
  #look(name, first) {
    return (this.#core && ask(this.#core, name, first)) || ''
  }
}
