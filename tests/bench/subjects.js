/**
 * What is measured.
 *
 * @typedef {object} Subject
 * @property {string} id as pages/subjects.js has it
 * @property {string} title
 * @property {boolean} sends Its events are to arrive.
 * @property {boolean} isPosthog It sends what PostHog reads, captures clicks and knows flags.
 * @property {boolean} hasBursts It is asked for a thousand events at once: Snowplow, which stores all that waits anew with each,
 *   and sends each by itself, would take a minute.
 */

/** @type {Record<string, Subject>} */
export const SUBJECTS = Object.freeze({
  hoglet: { id: 'hoglet', title: 'hoglet', sends: true, isPosthog: true, hasBursts: true },
  posthog: { id: 'posthog-js', title: 'posthog-js', sends: true, isPosthog: true, hasBursts: true },
  posthogLatest: { id: 'posthog-js-latest', title: "posthog-js, defaults: 'latest'", sends: true, isPosthog: true, hasBursts: true },
  posthogSlim: { id: 'posthog-js-slim', title: 'posthog-js slim', sends: true, isPosthog: true, hasBursts: true },
  snowplow: { id: 'snowplow', title: 'Snowplow', sends: true, isPosthog: false, hasBursts: false },
  floor: { id: 'json-stringify', title: 'JSON.stringify', sends: false, isPosthog: false, hasBursts: true },
});

/** A page without an SDK, which has its own cost. */
export const EMPTY_PAGE = Object.freeze({ id: 'nothing', title: 'empty page', sends: false, isPosthog: false, hasBursts: true });
