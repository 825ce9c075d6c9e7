// @ts-check

/**
 * Asks the core for something by its name; what there is to ask for, and what the arguments are, stands at `Core.ask` in
 * src/api/client.rs. Texts that are not given are empty.
 *
 * @param {import('./engine.js').Core} core
 * @param {string} name
 * @param {string} [first]
 * @param {string} [second]
 * @param {string} [third]
 */
export const ask = (core, name, first = '', second = '', third = '') => core.ask(name, first, second, third)
