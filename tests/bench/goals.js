/**
 * What stands in the way of goals that are not met, by how their measures begin. Where the time goes is told in NOTES.md with
 * figures; a measure that is none of these has met its goal so far.
 */
const OBSTACLES = {
  'bytes on the critical path': 'the entry is above its budget of 1,536 bytes',
  'bytes of all scripts': 'the core with everything in it: its chunk has 126,400 of these bytes, at 12 for a line of Rust',
  'from import until the first event': 'starting a core of 252 KB, whose functions are compiled as they are first called',
  'main thread until then': 'the same: half of the start is compiling 500 functions, each to run once',
  'long tasks until then': 'the core starts in one task',
  'init()': 'its listeners, of kinds that the browser has to be told of, and the copy of the settings',
  'capture(), one in a task':
    'the first call of a task reads what other tabs have stored, and runs cold: JSON.stringify alone takes ten times as long as in a burst',
  'capture(), 1,000 in a task': 'text is copied into wasm and out of it',
  'main thread for an event, 1,000 in a task': 'compression and requests, of which a worker would save most from the fifth request on',
  'memory of the page': 'the core: its wasm memory (1 MB), and what the engine keeps of a module and of a script of that size',
  'bytes on the wire': 'what an event tells of the page and of itself',
  'a click': 'reading the elements around it',
  'events lost': 'a browser that is killed at once has not written its localStorage yet',
};

/** @param {string} measure */
export function obstacle(measure) {
  const known = Object.keys(OBSTACLES).find((beginning) => measure.startsWith(beginning));
  return known ? OBSTACLES[known] : 'not looked into yet';
}
