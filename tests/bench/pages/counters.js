/**
 * Counts what `capture()` causes: writes to storage and how many characters they have, calls between JavaScript and
 * WebAssembly, and bytes that are copied between them.
 */

export const counts = {
  localStorage: 0,
  sessionStorage: 0,
  cookie: 0,
  storedCharacters: 0,
  intoWasm: 0,
  outOfWasm: 0,
  bytesIntoWasm: 0,
  bytesOutOfWasm: 0,
};

/** Starts counting. Only what is looked up after this is counted. */
export function count() {
  countStorage();
  countCookies();
  countWasmCalls();
  countDecoding();
}

function countStorage() {
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (key, value) {
    counts[this === localStorage ? 'localStorage' : 'sessionStorage'] += 1;
    counts.storedCharacters += value.length;
    return setItem.call(this, key, value);
  };
}

function countCookies() {
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(Document.prototype, 'cookie', {
    ...cookie,
    set(value) {
      counts.cookie += 1;
      counts.storedCharacters += value.length;
      cookie.set.call(this, value);
    },
  });
}

function countWasmCalls() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports = {}) {
    const counted = Object.entries(imports).map(([name, members]) => [name, countCalls(members, countExit)]);
    const instance = new Instance(module, Object.fromEntries(counted));
    return { exports: countCalls(instance.exports, countEntry) };
  };
}

function countExit() {
  counts.outOfWasm += 1;
}

/** What is copied in needs room first: for so many bytes, which may begin anywhere. Nothing else is called with these two. */
function countEntry(...args) {
  counts.intoWasm += 1;
  const [bytes, alignment] = args;
  if (args.length === 2 && alignment === 1) counts.bytesIntoWasm += bytes;
}

function countDecoding() {
  const { decode } = TextDecoder.prototype;
  TextDecoder.prototype.decode = function (bytes, ...options) {
    counts.bytesOutOfWasm += bytes?.length ?? 0;
    return decode.call(this, bytes, ...options);
  };
}

/** The same members, of which the functions say when they are called. */
function countCalls(members, count) {
  const counted = Object.entries(members).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member];
    const call = (...args) => {
      count(...args);
      return member(...args);
    };
    return [name, call];
  });
  return Object.fromEntries(counted);
}
