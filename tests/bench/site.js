import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { start } from '../drivers/processes.js';
import { Collector } from '../support/collector.js';
import { required } from '../support/environment.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Where the package lies while it is measured: a build at the same time would change it where it was installed. */
const PACKAGE = path('../../target/bench/package');

/** Starts a collector that serves the page to be measured at `/`, the package at `/hoglet`, posthog-js at `/static`. */
export async function startSite() {
  rmSync(PACKAGE, { recursive: true, force: true });
  cpSync(required('HOGLET_PACKAGE'), PACKAGE, { recursive: true });
  const mounts = {
    '/': path('pages'),
    '/hoglet': PACKAGE,
    '/static': path('../node_modules/posthog-js/dist'),
  };
  const child = start(required('HOGLET_COLLECTOR'), [
    '--port=0',
    '--database=:memory:',
    ...Object.entries(mounts).flatMap(([prefix, folder]) => ['--mount', `${prefix}=${folder}`]),
  ]);
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      const [, url] = /^listening on (\S+)$/m.exec(child.output()) ?? [];
      if (url) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the collector ended at once:\n${child.output()}`)));
  });
  return new Collector(child, url);
}
