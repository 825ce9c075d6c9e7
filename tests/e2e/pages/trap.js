/**
 * Makes the core trap where a test wants it: at the first thing that the core asks of the browser in a callback of that
 * kind, its memory is overwritten, and the core fails by itself as soon as it goes on.
 */

/** What runs now: a `timer`, a `listener`, a `microtask` or a `promise`; else it is a `call`. */
let kind = 'call';
/** Where the next trap is. @type {string | undefined} */
let trapsIn;
/** What to do there. */
let trap;

/** How many instances of the core there were. */
window.instances = 0;

/** What the page heard of errors that nobody caught. */
window.uncaught = [];
addEventListener('error', ({ message }) => uncaught.push(message));
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(String(reason)));

/** The core is to trap in the next callback of a kind that asks something of the browser. */
window.trapIn = (kind) => {
  trapsIn = kind;
  trap = overwrite;
};

/** What the browser gives the core there is to be an error. */
window.throwIn = (kind) => {
  trapsIn = kind;
  trap = fail;
};

/** Whether the trap that was wanted has happened. */
window.hasTrapped = () => trapsIn === undefined;

function fail() {
  throw new Error('the browser fails');
}

function overwrite({ buffer, goesOn }) {
  new Uint8Array(buffer).fill(0xff);
  if (goesOn) throw new Error('the core fails');
}

/** The function, at which the core fails if it is to. */
const watched = (original, memory, wanted) =>
  function (...args) {
    if (trapsIn === kind && (wanted ?? kind) === kind) {
      trapsIn = undefined;
      trap(memory());
    }
    return original.apply(this, args);
  };

const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  // Whether WebAssembly is refused is asked with a module that imports nothing.
  if (!imports) return new Instance(module);
  window.instances += 1;
  const watchedImports = {};
  for (const [name, functions] of Object.entries(imports)) {
    watchedImports[name] = Object.fromEntries(
      Object.entries(functions).map(([name, original]) => [name, watched(original, () => memory)]),
    );
  }
  const instance = new Instance(module, watchedImports);
  const memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
  return instance;
};

/** The memory of the core that runs as JavaScript, which goes on with whatever is in it for a while. */
const memory = { buffer: undefined, goesOn: true };
/** How large it is at first: nobody else makes such large buffers. */
let size;
window.ArrayBuffer = new Proxy(ArrayBuffer, {
  construct(target, [length]) {
    const made = new target(length);
    if (length < 1 << 18) return made;
    memory.buffer = made;
    if (!size) {
      size = length;
      // What it imports cannot be watched. The time it asks in almost every call, and a listener for what it is to tell.
      Date.now = watched(Date.now, () => memory);
      Reflect.get = watched(Reflect.get, () => memory, 'listener');
    }
    if (length === size) window.instances += 1;
    return made;
  },
});

/** The function, which says of what kind it is while it runs. */
function marked(wanted, action) {
  return function (...args) {
    const before = kind;
    kind = wanted;
    try {
      return action.apply(this, args);
    } finally {
      kind = before;
    }
  };
}

function mark(object, name, kind) {
  const original = object[name];
  object[name] = function (action, ...rest) {
    return original.call(this, typeof action === 'function' ? marked(kind, action) : action, ...rest);
  };
}

mark(window, 'setTimeout', 'timer');
mark(window, 'queueMicrotask', 'microtask');
mark(Promise.prototype, 'then', 'promise');

const listeners = new WeakMap();
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (event, listener, options) {
  if (typeof listener === 'function' && !listeners.has(listener)) listeners.set(listener, marked('listener', listener));
  return add.call(this, event, listeners.get(listener) ?? listener, options);
};
EventTarget.prototype.removeEventListener = function (event, listener, options) {
  return remove.call(this, event, listeners.get(listener) ?? listener, options);
};
