// @ts-check
/** Texts in IndexedDB, each under a key of its own, over a connection that is opened when it is needed and kept. */

const DATABASE = 'hoglet'
const STORE = 'outbox'

export class Archive {
  /** The connection, as soon as it is open. @type {IDBDatabase | undefined} */
  #database
  /** @type {Promise<IDBDatabase> | undefined} */
  #opening
  #hasEnded = false

  /**
   * Runs one transaction. If the connection is open, its requests are on their way when this returns.
   *
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => T} request makes all requests at once; is called again if the connection is dead
   * @returns {Promise<T>} what `request` returned, once the transaction is complete; rejected if it fails
   */
  async run(mode, request) {
    const kept = this.#database
    const opening = (this.#opening ||= open(() => this.close()))
    try {
      const database = kept ?? (await opening)
      if (this.#opening == opening) this.#database = database
      return await transact(database, mode, request)
    } catch (error) {
      this.close()
      // Browsers close connections under a page, iOS without a word about it.
      if (kept) return this.run(mode, request)
      throw error
    } finally {
      if (this.#hasEnded) this.close()
    }
  }

  /** Whether there is a connection, or is going to be. */
  get isUsed() {
    return !!this.#opening
  }

  /** Whether there is a database, as far as the browser tells. */
  async exists() {
    // There is none for an origin that is nobody's, and Chromium 156 would reject another promise than the one that it returns.
    if (origin == 'null') return false
    return !indexedDB.databases || (await indexedDB.databases()).some(({ name }) => name == DATABASE)
  }

  /** Closes the connection as soon as what was asked for is done. */
  close() {
    this.#opening?.then((database) => database.close()).catch(() => {})
    this.#opening = this.#database = undefined
  }

  /** Closes the connection, and keeps none from now on. */
  end() {
    this.#hasEnded = true
    this.close()
  }
}

/** @param {() => void} close @returns {Promise<IDBDatabase>} */
const open = (close) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => {
      const database = request.result
      // Whoever wants to delete the database would wait for this page.
      database.onversionchange = database.onclose = close
      resolve(database)
    }
    request.onerror = failing(reject)
  })

/**
 * @template T
 * @param {IDBDatabase} database
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => T} request
 * @returns {Promise<T>}
 */
const transact = (database, mode, request) =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode)
    const result = request(transaction.objectStore(STORE))
    transaction.oncomplete = () => resolve(result)
    transaction.onabort = transaction.onerror = failing(reject)
    // Without waiting for the requests' answers it can end after the page has.
    transaction.commit()
  })

/** @param {(event: Event) => void} reject */
const failing = (reject) => (/** @type {Event} */ event) => {
  // Older Firefoxes tell the page's `onerror` what nobody has prevented (w3c/IndexedDB#49). It fails all the same.
  event.preventDefault()
  reject(event)
}
