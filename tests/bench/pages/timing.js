/**
 * How long `capture()`, a click or the reading of a flag takes until it returns, in microseconds per call or less, as the mean of
 * many calls: browsers round their clocks to 0.1 ms.
 */

const MICROS_PER_MILLI = 1_000;
const NANOS_PER_MILLI = 1_000_000;

/** A task of its own; nested timers are 4 ms apart, in which the page rests. */
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/**
 * One call in each task.
 *
 * @param {(bag: object) => unknown} capture
 * @param {(index: number) => object} makeBag
 * @param {number} calls
 */
export async function spaced(capture, makeBag, calls) {
  let millis = 0;
  for (let index = 0; index < calls; index += 1) {
    await nextTask();
    const bag = makeBag(index);
    const start = performance.now();
    capture(bag);
    millis += performance.now() - start;
  }
  return (millis * MICROS_PER_MILLI) / calls;
}

/**
 * All calls in one task: until the last has returned, and until the microtasks that they left have run, which is when
 * the page can go on.
 *
 * @param {(bag: object) => unknown} capture
 * @param {(index: number) => object} makeBag
 * @param {number} calls
 */
export async function burst(capture, makeBag, calls) {
  const bags = Array.from({ length: calls }, (_, index) => makeBag(index));
  await nextTask();
  const start = performance.now();
  for (const bag of bags) capture(bag);
  const returned = performance.now() - start;
  // Queued after the microtasks of the calls, and so run after them.
  await undefined;
  const ended = performance.now() - start;
  return { returned: (returned * MICROS_PER_MILLI) / calls, ended: (ended * MICROS_PER_MILLI) / calls };
}

/** How long a page rests between tasks in which it captures, in milliseconds. */
const REST_MS = 50;

/**
 * As many calls in each of so many tasks, between which the page rests. What they cost is seen from outside.
 *
 * @param {(bag: object) => unknown} capture
 * @param {(index: number) => object} makeBag
 * @param {number} calls
 * @param {number} count of tasks
 */
export async function tasks(capture, makeBag, calls, count) {
  for (let index = 0; index < calls; index += 1) {
    if (index % (calls / count) === 0) await new Promise((resolve) => setTimeout(resolve, REST_MS));
    capture(makeBag(index));
  }
}

/**
 * One click in each task, from its dispatch until all listeners have run, and until the microtasks have that they left.
 *
 * @param {HTMLElement[]} targets clicked in turns, far from each other, so that no rage comes of it
 * @param {number} calls
 */
export async function clicks(targets, calls) {
  let [returned, ended] = [0, 0];
  for (let index = 0; index < calls; index += 1) {
    const at = (index * 37) % targets.length;
    const click = new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, clientX: (index * 97) % 1000, clientY: (index * 61) % 700 });
    await nextTask();
    const start = performance.now();
    targets[at].dispatchEvent(click);
    returned += performance.now() - start;
    await undefined;
    ended += performance.now() - start;
  }
  return { returned: (returned * MICROS_PER_MILLI) / calls, ended: (ended * MICROS_PER_MILLI) / calls };
}

/**
 * Flags that are read one after the other, all in one task, in nanoseconds per call.
 *
 * @param {{ isFeatureEnabled: (key: string) => boolean | undefined }} client
 * @param {string[]} keys
 * @param {number} calls
 * @throws {Error} if they are not all on
 */
export async function reads(client, keys, calls) {
  await nextTask();
  let on = 0;
  const start = performance.now();
  for (let index = 0; index < calls; index += 1) on += client.isFeatureEnabled(keys[index % keys.length]) ? 1 : 0;
  const millis = performance.now() - start;
  // What came of the calls is used, so that the engine cannot leave them out.
  if (on !== calls) throw new Error(`of ${calls} flags only ${on} are on`);
  return (millis * NANOS_PER_MILLI) / calls;
}

/**
 * The first reading of a flag after each of several answers of the server, in nanoseconds per call.
 *
 * @param {{ isFeatureEnabled: (key: string) => boolean | undefined, featureFlags: { reloadFeatureFlagsAsync: () => Promise<unknown> } }} client
 * @param {string} key
 * @param {number} answers
 */
export async function firstReads(client, key, answers) {
  let millis = 0;
  for (let index = 0; index < answers; index += 1) {
    await client.featureFlags.reloadFeatureFlagsAsync();
    await nextTask();
    const start = performance.now();
    client.isFeatureEnabled(key);
    millis += performance.now() - start;
  }
  return (millis * NANOS_PER_MILLI) / answers;
}
