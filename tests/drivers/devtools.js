import { EventEmitter, once } from 'node:events';

import { WebSocket } from 'ws';

/** A connection to one DevTools target of Chromium: commands out, events in. */
export class Devtools {
  #socket;
  #events = new EventEmitter();
  #waiting = new Map();
  #lastId = 0;

  static async connect(url) {
    const devtools = new Devtools();
    devtools.#socket = new WebSocket(url);
    devtools.#socket.on('message', (text) => devtools.#receive(JSON.parse(text)));
    devtools.#socket.on('close', () => devtools.#fail(new Error(`DevTools closed ${url}`)));
    await once(devtools.#socket, 'open');
    // From here on a failure is reported by `close`, which always follows.
    devtools.#socket.on('error', () => {});
    return devtools;
  }

  send(method, params = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  on(event, listener) {
    this.#events.on(event, listener);
  }

  /** The next event of this name. */
  async next(event) {
    const [params] = await once(this.#events, event);
    return params;
  }

  /** Starts collecting events of this name; the function returned gives them and stops. */
  collect(event) {
    const collected = [];
    const listener = (params) => collected.push(params);
    this.#events.on(event, listener);
    return () => {
      this.#events.off(event, listener);
      return collected;
    };
  }

  close() {
    this.#socket.close();
  }

  #receive({ id, method, params, result, error }) {
    if (method) {
      this.#events.emit(method, params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(`${waiting.method}: ${error.message}`));
    else waiting?.resolve(result);
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
