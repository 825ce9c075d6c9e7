/**
 * What is measured, as pages/subjects.js names it.
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {boolean} sends Its events are to arrive.
 */

/** @type {Subject[]} */
export const SUBJECTS = [
  { name: 'hoglet', sends: true },
  { name: 'posthog-js', sends: true },
  { name: 'JSON.stringify', sends: false },
];
