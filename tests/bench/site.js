import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { startCollector } from '../support/collector.js';
import { required } from '../support/environment.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Where the package lies while it is measured: a build at the same time would change it where it was installed. */
const PACKAGE = path('../../target/bench/package');

/** Starts a collector that serves the page to be measured at `/`, the package at `/hoglet`, posthog-js at `/static`. */
export async function startSite() {
  rmSync(PACKAGE, { recursive: true, force: true });
  cpSync(required('HOGLET_PACKAGE'), PACKAGE, { recursive: true });
  return startCollector({ '/': path('pages'), '/hoglet': PACKAGE });
}
