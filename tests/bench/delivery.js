/**
 * `cargo xtask bench delivery`: what hoglet and posthog-js lose, and send twice, when something goes wrong. The figures go
 * to the terminal and to tests/DELIVERY.md.
 */

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { SCENARIOS } from '../delivery/scenarios.js';
import { Stage } from '../delivery/stage.js';
import { tally } from '../delivery/tally.js';
import { open } from '../drivers/index.js';
import { required } from '../support/environment.js';
import { markdown, text } from './delivery-report.js';
import { writeTotals } from './delivery-totals.js';
import { machine } from './machine.js';
import { SUBJECTS } from './subjects.js';

const REPORT = fileURLToPath(new URL('../DELIVERY.md', import.meta.url));

/** Where the package lies meanwhile: a build at the same time would change it where it was installed. */
const PACKAGE = fileURLToPath(new URL('../../target/bench/delivery/package', import.meta.url));

/** How long a fault lasts that lasts a while, in milliseconds. */
const OUTAGE = 10_000;

/** How long events may take to arrive once everything works again, in milliseconds, unless a scenario knows better. */
const PATIENCE = 15_000;

const report = await run();
console.log(`\n${text(report)}`);
writeFileSync(REPORT, markdown(report));
writeTotals(report.rows);

/** @returns {Promise<import('./delivery-report.js').DeliveryReport>} */
async function run() {
  rmSync(PACKAGE, { recursive: true, force: true });
  cpSync(required('HOGLET_PACKAGE'), PACKAGE, { recursive: true });
  // Events are counted and nothing is timed: so each SDK has a browser, and they do not wait for one another.
  const [hoglet, posthog] = await Promise.all([SUBJECTS.hoglet, SUBJECTS.posthog].map(playAll));
  const rows = SCENARIOS.map((scenario, at) => ({ scenario, hoglet: hoglet.tallies[at], posthog: posthog.tallies[at] }));
  return { machine: hoglet.machine, rows };
}

/** @param {import('./subjects.js').Subject} subject */
async function playAll(subject) {
  const browser = await open('chromium');
  try {
    // One tab always stays: browsers end with their last.
    await browser.newTab();
    const tallies = [];
    for (const scenario of SCENARIOS) {
      const tally = await played(browser, scenario, subject);
      console.log(`${scenario.title}: ${subject.title} lost ${tally.lost} of ${tally.captured}`);
      tallies.push(tally);
    }
    return { machine: machine(browser), tallies };
  } finally {
    await browser.close();
  }
}

/** What became of the events. */
async function played(browser, { title, play, patience = PATIENCE }, { id }) {
  const stage = await Stage.set({ browser, sdk: id, outage: OUTAGE, sdkPackage: PACKAGE });
  try {
    const lacking = await play(stage);
    if (lacking) throw new Error(`${title}: ${lacking}`);
    await stage.settle(patience);
    return await tally(stage);
  } finally {
    await stage.strike();
  }
}
