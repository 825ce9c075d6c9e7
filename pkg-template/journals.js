// @ts-check
/**
 * Where the outbox is kept, for the core: segments in localStorage and the archive, and the locks that say whose they are.
 * What is kept, where and for how long is the core's business.
 */

import { Archive } from './archive.js'
import { isContentScript } from './content-script.js'
import { claim, lockNames } from './locks.js'

/** What a call to the browser may take, in milliseconds: some never answer. */
const PATIENCE = 5000

/** How a lock's or a key's name goes on after the token: another project's token may begin like this one. */
const JOURNAL = /^[\da-f-]{36}(_|$)/

export class Journals {
  #prefix
  #answer
  #archive = new Archive()
  /** What gives a journal up. @type {Map<string, () => void>} */
  #releases = new Map()
  /** @type {Set<ReturnType<typeof setTimeout>>} */
  #timers = new Set()
  #hasEnded = false

  /**
   * @param {string} token
   * @param {(name: string, ...strings: string[]) => void} answer gives an answer to the core, never while the core asks
   */
  constructor(token, answer) {
    this.#prefix = 'hoglet_outbox_' + token + '_'
    this.#answer = answer
  }

  /**
   * Does what the core wants. The answer comes later, once, also where the browser refuses or says nothing.
   *
   * @param {string} what
   * @param {string[]} strings
   * @returns {boolean} whether it was something for the journals
   */
  does(what, strings) {
    if (!(what in this)) return false
    // @ts-expect-error what is in this class is meant
    this[what](...strings)
    return true
  }

  /** Gives everything up. What was to be stored still is, but nothing is answered. */
  end() {
    this.#answer = () => {}
    this.#hasEnded = true
    this.#timers.forEach(clearTimeout)
    this.#releases.forEach((release) => release())
    this.#archive.end()
  }

  /**
   * @param {string} id
   * @param {string} pairs how many
   * @param {string[]} strings pairs of a key and its text, and keys to remove
   */
  async archive(id, pairs, ...strings) {
    const end = 2 * Number(pairs)
    const stored = await this.#run('readwrite', (store) => {
      for (let at = 0; at < end; at += 2) store.put(strings[at + 1], strings[at])
      strings.slice(end).forEach((key) => store.delete(key))
      return 'yes'
    })
    this.#answer('archived', id, stored ?? '')
  }

  /** @param {string[]} keys */
  async retrieve(...keys) {
    // Before the archive is asked: what moves there is put there first and then removed here.
    const local = keys.map((key) => inLocalStorage((storage) => storage.getItem(key)))
    const archived = await this.#run('readonly', (store) => keys.map((key) => store.get(key)))
    keys.forEach((key, at) => {
      const text = local[at] ?? archived?.[at].result
      if (typeof text == 'string') this.#answer('segment', key, text)
    })
    this.#answer('retrieved')
  }

  async survey() {
    const keys = await this.#keys()
    // Now, not before: a journal whose keys were there already and whose lock is not is nobody's.
    const names = await this.#inTime(lockNames)
    const journals = this.#ours(names ?? []).map((name) => name.slice(this.#prefix.length))
    this.#answer('surveyed', keys, journals.join('\n'), names ? 'yes' : '')
  }

  /** @param {string} journal @param {string} isNew whether this page has just begun it, so that there is nothing to read */
  async claim(journal, isNew) {
    const { granted, release } = claim(this.#prefix + journal, !!isNew)
    this.#releases.set(journal, release)
    const isOurs = await this.#inTime(() => granted)
    if (!isOurs) this.release(journal)
    const keys = isOurs && !isNew ? await this.#keys(journal) : ''
    this.#answer('claimed', journal, isOurs ? 'yes' : '', keys)
  }

  /** @param {string} journal */
  release(journal) {
    this.#releases.get(journal)?.()
    this.#releases.delete(journal)
  }

  async purge() {
    inLocalStorage((storage) => this.#ours(Object.keys(storage)).forEach((key) => storage.removeItem(key)))
    const keys = await this.#archived()
    if (keys.length) this.#run('readwrite', (store) => keys.forEach((key) => store.delete(key)))
  }

  /** Where the segments of a journal lie, or those of all: lines of a letter and a key, and how long a text is. */
  async #keys(journal = '') {
    // Before the archive is asked, as above.
    const local = inLocalStorage((storage) =>
      this.#ours(Object.keys(storage)).map((key) => `l${key} ${storage[key].length}`),
    )
    const archived = (await this.#archived()).map((key) => 'a' + key)
    return [...(local ?? []), ...archived].filter((line) => line.includes(journal)).join('\n')
  }

  async #archived() {
    // Looking makes no database where there is none, for visitors of whom nothing is to be stored.
    const exists = this.#archive.isUsed || (await this.#inTime(() => this.#archive.exists()))
    if (!exists) return []
    const request = await this.#run('readonly', (store) => store.getAllKeys())
    // Nobody stores anything under keys that are no texts.
    return this.#ours(/** @type {string[]} */ (request?.result ?? []))
  }

  /** The names among them that are of this token. @param {string[]} names */
  #ours(names) {
    return names.filter((name) => name.startsWith(this.#prefix) && JOURNAL.test(name.slice(this.#prefix.length)))
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => T} request
   */
  #run(mode, request) {
    // What was given up must not happen after all.
    return this.#inTime((isLate) => this.#archive.run(mode, (store) => (isLate() ? undefined : request(store))))
  }

  /**
   * Calls the browser.
   *
   * @template T
   * @param {(isLate: () => boolean) => Promise<T>} call
   * @returns {Promise<T | void>} nothing if it failed or took too long
   */
  async #inTime(call) {
    // Nobody waits for an answer any more, or the browser is not to be asked.
    if (this.#hasEnded || isContentScript()) return
    return new Promise((resolve) => {
      const settle = (/** @type {T | void} */ result) => {
        clearTimeout(timer)
        this.#timers.delete(timer)
        resolve(result)
      }
      const timer = setTimeout(() => {
        // A connection that says nothing is of no use any more.
        this.#archive.close()
        settle()
      }, PATIENCE)
      this.#timers.add(timer)
      call(() => !this.#timers.has(timer)).then(settle, () => settle())
    })
  }
}

/**
 * What localStorage answers; undefined where it may not be used.
 *
 * @template T
 * @param {(storage: Storage) => T} ask
 */
const inLocalStorage = (ask) => {
  if (isContentScript()) return
  try {
    return ask(localStorage)
  } catch {}
}
