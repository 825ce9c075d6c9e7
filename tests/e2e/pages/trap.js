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
  trap = () => {
    throw new Error('the browser fails');
  };
};

/** Whether the trap that was wanted has happened. */
window.hasTrapped = () => trapsIn === undefined;

function overwrite(instance) {
  const memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
  new Uint8Array(memory.buffer).fill(0xff);
}

const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  window.instances += 1;
  const watched = {};
  for (const [name, functions] of Object.entries(imports)) {
    watched[name] = Object.fromEntries(
      Object.entries(functions).map(([name, original]) => [
        name,
        (...args) => {
          if (trapsIn === kind) {
            trapsIn = undefined;
            trap(instance);
          }
          return original(...args);
        },
      ]),
    );
  }
  const instance = new Instance(module, watched);
  return instance;
};

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
