// @ts-check

/** Long enough for a batch of events to cause one refresh, in milliseconds. */
const SOON = 150;
/** Between refreshes while nothing happens, in milliseconds. */
const EVERY = 2000;

/** Runs a task soon after it is asked to, and from time to time; never twice at once. */
export class Refresh {
  #task;
  #running = false;
  #wanted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => Promise<void>} task */
  constructor(task) {
    this.#task = task;
  }

  soon() {
    // Asked for again, it keeps its time: a steady stream of events must not put it off for ever.
    if (!this.#wanted && !this.#running) this.#schedule(SOON);
    this.#wanted = true;
  }

  /** @param {number} delay */
  #schedule(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), delay);
  }

  async #run() {
    this.#wanted = false;
    this.#running = true;
    try {
      await this.#task();
    } catch (error) {
      // The collector may be starting again; the connection's state says so, and the next round will do.
      console.debug(error);
    }
    this.#running = false;
    this.#schedule(this.#wanted ? SOON : EVERY);
  }
}
