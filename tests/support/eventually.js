import { poll } from '../drivers/poll.js';

/**
 * Reads until the predicate holds, and returns what was read. The failure shows the message and the last
 * value.
 *
 * @template T
 * @param {() => Promise<T>} read
 * @param {(value: T) => boolean} predicate
 * @param {string} message what is waited for
 * @param {number} [deadline] in milliseconds
 * @returns {Promise<T>}
 */
export function eventually(read, predicate, message, deadline) {
  return poll(read, predicate, (last) => `${message}; last value: ${last}`, deadline);
}
