/** What WebAssembly takes, which the engine does not count as the page's. @type {WebAssembly.Memory[]} */
const memories = [];

/** Knows of every instance that is made after this. */
export function watchWasm() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (...args) {
    const instance = new Instance(...args);
    memories.push(...Object.values(instance.exports).filter((value) => value instanceof WebAssembly.Memory));
    return instance;
  };
}

export function wasmBytes() {
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
