import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { startCollector } from '../support/collector.js';
import { required } from '../support/environment.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Where the package lies while it is measured: a build at the same time would change it where it was installed. */
const PACKAGE = path('../../target/bench/package');

/** What is taken from other packages, as an app's bundler would. */
const PEERS = path('../../target/bench/peers');

/** Where Snowplow's requests go: the collector does not read them, and a rule has it accept them. */
const SNOWPLOW_PATH = '/s/';
const TAKES_SNOWPLOW = { path: SNOWPLOW_PATH, status: 200, body: 'ok', content_type: 'text/plain' };

/**
 * Starts a collector that serves the pages to be measured at `/`, the package at `/hoglet`, posthog-js at `/static`, and what is
 * bundled of others at `/peers`.
 */
export async function startSite() {
  rmSync(PACKAGE, { recursive: true, force: true });
  cpSync(required('HOGLET_PACKAGE'), PACKAGE, { recursive: true });
  await build({
    entryPoints: [path('peers/posthog-js-slim.js'), path('peers/snowplow.js')],
    outdir: PEERS,
    bundle: true,
    format: 'esm',
    minify: true,
    // What all of the engines understand that hoglet runs in.
    target: 'es2022',
    logLevel: 'error',
  });
  const collector = await startCollector({ '/': path('pages'), '/hoglet': PACKAGE, '/peers': PEERS });
  await restoreNetwork(collector);
  return collector;
}

/** Has the server do what it does by itself. @param {import('../support/collector.js').Collector} collector */
export async function restoreNetwork(collector) {
  await collector.faults([TAKES_SNOWPLOW]);
}

/** Has no request reach the server. @param {import('../support/collector.js').Collector} collector */
export async function cutNetwork(collector) {
  await collector.faults([{ down: true }]);
}

/** Whether a request brought events. @param {{ path: string, events: number }} request */
export function hasEvents({ path, events }) {
  return events > 0 || path === SNOWPLOW_PATH;
}
