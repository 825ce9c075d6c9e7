/**
 * Takes storage away from the page, as its address says: `?localStorage=denied&sessionStorage=throws&cookie=ignored`.
 * With `cookie=watched` it takes nothing away, and `window.writtenCookies` tells what was written.
 */

const refuse = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

/** Every way to use an object fails. */
const unusable = (object) =>
  new Proxy(
    object,
    Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse])),
  );

const limits = {
  denied: () => ({ get: refuse }),
  throws: (name) => {
    const storage = unusable(window[name]);
    return { get: () => storage };
  },
  missing: () => ({ value: null }),
  ignored: () => ({ get: () => '', set: () => {} }),
  watched: (name) => {
    window.writtenCookies = [];
    const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, name);
    return {
      get: () => get.call(document),
      set: (cookie) => {
        window.writtenCookies.push(cookie);
        set.call(document, cookie);
      },
    };
  },
};

for (const [name, limit] of new URLSearchParams(location.search)) {
  const owner = name === 'cookie' ? document : window;
  Object.defineProperty(owner, name, { configurable: true, ...limits[limit](name) });
}
