/**
 * @typedef {object} Script
 * @property {string} name
 * @property {(visitor: import('../visitor.js').Visitor) => Promise<unknown>} run
 */

/**
 * A script of one step on one page.
 *
 * @param {string} name
 * @param {Function} action runs in the page with the SDK
 * @param {import('../visitor.js').Arrival['settings']} [settings]
 * @returns {Script}
 */
export function onePage(name, action, settings) {
  return script(name, async (visitor) => {
    await visitor.arrives({ settings });
    await visitor.does(action);
  });
}

/** A script that may come to many pages. @returns {Script} */
export function script(name, run) {
  return { name, run };
}
