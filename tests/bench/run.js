/**
 * `cargo xtask bench`: what `capture()` costs a page with hoglet and with posthog-js, in one browser. The figures go to the
 * terminal, to target/bench/bench.json and into the README.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { open } from '../drivers/index.js';
import { machine } from './machine.js';
import { measure } from './measure.js';
import { writeReadme } from './readme.js';
import { markdown, text } from './report.js';
import { rows } from './rows.js';
import { startSite } from './site.js';
import { ControlError } from './visit.js';

const JSON_FILE = fileURLToPath(new URL('../../target/bench/bench.json', import.meta.url));

try {
  const report = await run();
  console.log(`\n${text(report)}`);
  writeFileSync(JSON_FILE, `${JSON.stringify(report, null, 2)}\n`);
  writeReadme(markdown(report));
} catch (error) {
  if (!(error instanceof ControlError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

/** @returns {Promise<import('./report.js').Report>} */
async function run() {
  const collector = await startSite();
  const browser = await open('chromium');
  try {
    const measured = await measure(browser, collector, (progress) => console.log(progress));
    return { machine: machine(browser), rows: rows(measured), delivered: measured.delivered };
  } finally {
    await browser.close();
    await collector.stop();
  }
}
