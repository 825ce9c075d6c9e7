/**
 * `cargo xtask bench`: what hoglet and posthog-js cost a page, in one browser. The figures go to the terminal, to bench.json, to
 * www/bench.html and into the README.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { open } from '../drivers/index.js';
import { readTotals } from './delivery-totals.js';
import { page } from './document.js';
import { machine } from './machine.js';
import { measure } from './measure.js';
import { ROUNDS } from './plan.js';
import { writeReadme } from './readme.js';
import { markdown, text } from './report.js';
import { rows } from './rows.js';
import { startSite } from './site.js';
import { ControlError } from './visit.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: String(ROUNDS) } } });

try {
  const report = await run(Number(options.rounds));
  console.log(`\n${text(report)}`);
  writeFileSync(path('bench.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path('../../www/bench.html'), page(report));
  writeReadme(markdown(report));
} catch (error) {
  if (!(error instanceof ControlError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

/** @param {number} rounds @returns {Promise<import('./report.js').Report>} */
async function run(rounds) {
  const collector = await startSite();
  const browser = await open('chromium');
  try {
    const measured = await measure(browser, collector, rounds, (progress) => console.log(progress));
    return { machine: machine(browser), rounds, rows: rows(measured, readTotals()), delivered: measured.delivered };
  } finally {
    await browser.close();
    await collector.stop();
  }
}
