import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { required } from '../support/environment.js';

/**
 * What the figures were measured on, and with which versions.
 *
 * @typedef {object} Machine
 * @property {number} cores
 * @property {string} processor
 * @property {string} chromium
 * @property {string} hoglet
 * @property {string} posthog
 * @property {string} snowplow
 */

/** @param {import('../drivers/index.js').Browser} browser @returns {Machine} */
export function machine(browser) {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0].model.trim(),
    chromium: browser.version(),
    hoglet: version(required('HOGLET_PACKAGE')),
    posthog: version(installed('posthog-js')),
    snowplow: version(installed('@snowplow/browser-tracker')),
  };
}

function installed(name) {
  return fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url));
}

function version(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}
