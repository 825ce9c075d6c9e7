// @ts-check
/**
 * What `capture` returns: the event as it was taken. All but its id and its name is read from its text when somebody
 * looks, for most apps never do, and reading takes longer than capturing.
 */

/** Where the event's name begins in its text, after `{"uuid":"…","event":`. */
const NAME = 55

export class Captured {
  #text
  #shared
  /** @type {any} */
  #event
  /** @type {Date | undefined} */
  #timestamp

  /**
   * @param {string} text the event's own, which begins with its uuid and its name
   * @param {string} shared what it has in common with its neighbours, at the end of its properties
   */
  constructor(text, shared) {
    this.#text = text
    this.#shared = shared
    this.uuid = text.slice(9, 45)
    // Another member follows the name, and within it quotes are escaped.
    /** @type {string} */
    this.event = JSON.parse(text.slice(NAME, text.indexOf('","', NAME) + 1))
  }

  get timestamp() {
    return (this.#timestamp ||= new Date(this.toJSON().timestamp))
  }

  get properties() {
    return this.toJSON().properties
  }

  get $set() {
    return this.toJSON().$set
  }

  get $set_once() {
    return this.toJSON().$set_once
  }

  get $unset() {
    return this.toJSON().$unset
  }

  /** The whole event, as `JSON.stringify` shows it. */
  toJSON() {
    return (this.#event ||= JSON.parse(this.#text + this.#shared + '}}'))
  }
}
