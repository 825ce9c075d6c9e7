import { consent, withoutCookies } from './consent.js';
import { flagEvents } from './flag-events.js';
import { flagHandlers } from './flag-handlers.js';
import { flagReads } from './flag-reads.js';
import { flagRequests } from './flag-requests.js';
import { flagStorage } from './flag-storage.js';
import { hooks } from './hooks.js';
import { identify } from './identify.js';
import { interactions } from './interactions.js';
import { origin } from './origin.js';
import { pages } from './pages.js';
import { persistence } from './persistence.js';
import { person } from './person.js';
import { properties } from './properties.js';
import { reset } from './reset.js';
import { sessions } from './sessions.js';

/** Scripts whose outcome lies with the browser as well, for it is what stores. They are taken in every engine. */
const OF_STORAGE = [...persistence, ...flagStorage];

/** The others decide nothing that an engine has a say in. So each engine takes its share, for posthog-js takes its time. */
const SHARES = {
  chromium: [...identify, ...person, ...properties, ...reset, ...flagHandlers],
  firefox: [...sessions, ...interactions, ...flagRequests],
  webkit: [...origin, ...consent, ...withoutCookies, ...hooks, ...pages, ...flagReads, ...flagEvents],
};

/** @type {import('./script.js').Script[]} */
export const allScripts = [...OF_STORAGE, ...Object.values(SHARES).flat()];

/** @returns {import('./script.js').Script[]} */
export function scriptsFor(engine) {
  return [...OF_STORAGE, ...SHARES[engine]];
}
