// @ts-check

/**
 * A value kept in localStorage, and so shared by the tabs. In a browser that refuses storage it lives as long as the
 * page.
 *
 * @template T
 */
export class Stored {
  #key;
  /** @type {T} */
  #value;

  /** @param {string} key @param {T} initial */
  constructor(key, initial) {
    this.#key = `underhedge_${key}`;
    this.#value = initial;
  }

  get value() {
    try {
      const text = localStorage.getItem(this.#key);
      if (text) this.#value = JSON.parse(text);
    } catch {
      // Refused or not ours: what is in memory is the best there is.
    }
    return this.#value;
  }

  set value(value) {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // Refused or full: the shop goes on with what it has in memory.
    }
  }
}
