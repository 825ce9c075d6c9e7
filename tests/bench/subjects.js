/**
 * What is measured.
 *
 * @typedef {object} Subject
 * @property {string} id as pages/subjects.js has it
 * @property {string} title
 * @property {boolean} sends Its events are to arrive.
 */

/** @type {Record<string, Subject>} */
export const SUBJECTS = Object.freeze({
  hoglet: { id: 'hoglet', title: 'hoglet', sends: true },
  posthog: { id: 'posthog-js', title: 'posthog-js', sends: true },
  posthogLatest: { id: 'posthog-js-latest', title: "posthog-js, defaults: 'latest'", sends: true },
  floor: { id: 'json-stringify', title: 'JSON.stringify', sends: false },
});
