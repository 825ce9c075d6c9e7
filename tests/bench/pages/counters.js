/** Counts what `capture()` causes: writes to storage, and calls between JavaScript and WebAssembly. */

export const counts = { localStorage: 0, sessionStorage: 0, cookie: 0, intoWasm: 0, outOfWasm: 0 };

/** Starts counting. Only what is looked up after this is counted. */
export function count() {
  countStorage();
  countCookies();
  countWasmCalls();
}

function countStorage() {
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (...args) {
    counts[this === localStorage ? 'localStorage' : 'sessionStorage'] += 1;
    return setItem.apply(this, args);
  };
}

function countCookies() {
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(Document.prototype, 'cookie', {
    ...cookie,
    set(value) {
      counts.cookie += 1;
      cookie.set.call(this, value);
    },
  });
}

function countWasmCalls() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const counted = Object.entries(imports).map(([name, members]) => [name, countCalls(members, 'outOfWasm')]);
    const instance = new Instance(module, Object.fromEntries(counted));
    return { exports: countCalls(instance.exports, 'intoWasm') };
  };
}

/** The same members, of which the functions count their calls. */
function countCalls(members, counter) {
  const counted = Object.entries(members).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member];
    const call = (...args) => {
      counts[counter] += 1;
      return member(...args);
    };
    return [name, call];
  });
  return Object.fromEntries(counted);
}
