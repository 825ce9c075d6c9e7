/** Waiting for a condition: the one way in which the tests wait. */

const INTERVAL_MS = 50;

/** How long a condition may take to come true, unless the caller says otherwise. */
export const DEADLINE_MS = 15_000;

/**
 * Reads until `accept(value)` is true, and returns that value. A read that throws counts as not
 * yet: a page that is just navigating away cannot answer.
 *
 * @template T
 * @param {() => Promise<T>} read
 * @param {(value: T) => boolean} accept
 * @param {(last: string) => Promise<string> | string} describe Makes the failure's message from the
 *   last thing read.
 * @param {number} [deadline] in milliseconds
 * @returns {Promise<T>}
 */
export async function poll(read, accept, describe, deadline = DEADLINE_MS) {
  const end = performance.now() + deadline;
  for (;;) {
    let last;
    try {
      const value = await read();
      if (accept(value)) return value;
      last = JSON.stringify(value, null, 1) ?? 'undefined';
    } catch (error) {
      last = String(error);
    }
    if (performance.now() > end) {
      throw new Error(`after ${deadline / 1000} s: ${await describe(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
