import { Journals } from '/modules/journals.js';

/** The answers that come last. */
const LAST = { archive: 'archived', retrieve: 'retrieved', survey: 'surveyed', claim: 'claimed' };

/** The open connections to the database, as far as they were used, and what was done over them. */
window.connections = new Set();
window.commits = 0;

const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (...args) {
  const begun = transaction.apply(this, args);
  connections.add(this);
  return begun;
};
const { close } = IDBDatabase.prototype;
IDBDatabase.prototype.close = function () {
  connections.delete(this);
  close.call(this);
};
const { commit } = IDBTransaction.prototype;
IDBTransaction.prototype.commit = function () {
  commits += 1;
  commit.call(this);
};

/** The timers that have neither fired nor been cleared. */
window.timers = new Set();
const { setTimeout, clearTimeout } = window;
window.setTimeout = (callback, ...rest) => {
  const timer = setTimeout(() => {
    timers.delete(timer);
    callback();
  }, ...rest);
  timers.add(timer);
  return timer;
};
window.clearTimeout = (timer) => {
  timers.delete(timer);
  clearTimeout(timer);
};

/** A core's side of the journals of a token. */
class Core {
  answers = [];
  #waiting = [];

  constructor(token) {
    this.journals = new Journals(token, (...answer) => {
      if (this.isAsking) throw new Error(`answered while the core asked: ${answer}`);
      this.answers.push(answer);
      for (const heard of this.#waiting.splice(0)) heard();
    });
  }

  /** Has the journals do something. */
  tell(what, ...strings) {
    this.isAsking = true;
    const isKnown = this.journals.does(what, strings);
    this.isAsking = false;
    return isKnown;
  }

  /** Has the journals do something, one thing at a time, and resolves to what they answer, the last if there are several. */
  async ask(what, ...strings) {
    const before = this.answers.length;
    this.tell(what, ...strings);
    return this.answer(LAST[what], before);
  }

  /** Resolves to the next answer of a name. */
  async answer(name, from = this.answers.length) {
    for (;;) {
      const answer = this.answers.slice(from).find(([answered]) => answered === name);
      if (answer) return answer;
      await new Promise((heard) => this.#waiting.push(heard));
    }
  }

  /** The texts under keys, in the order in which they are answered. */
  async texts(...keys) {
    const before = this.answers.length;
    await this.ask('retrieve', ...keys);
    return this.answers.slice(before, -1).map(([, key, text]) => [key, text]);
  }
}

/** Has the browser open no database until `window.openAtLast()`, which resolves to the connections. */
window.hangWhenOpening = () => {
  const { open } = IDBFactory.prototype;
  const waiting = [];
  IDBFactory.prototype.open = () => {
    const late = {};
    waiting.push(late);
    return late;
  };
  window.openAtLast = () => {
    IDBFactory.prototype.open = open;
    const opened = waiting.map(
      (late) =>
        new Promise((resolve) => {
          const request = indexedDB.open('hoglet');
          request.onupgradeneeded = () => request.result.createObjectStore('outbox');
          request.onsuccess = () => {
            late.result = request.result;
            late.onsuccess();
            resolve(request.result);
          };
        }),
    );
    return Promise.all(opened);
  };
};

window.Core = Core;
