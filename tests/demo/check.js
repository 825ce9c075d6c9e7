/**
 * Visits the demo once in a headless browser and checks what has reached the database.
 *
 * Run by `cargo xtask demo --check`, with the addresses of the running demo in HOGLET_DEMO_URL and HOGLET_COLLECTOR_URL.
 * Ends with 1 and says what is wrong, if anything is. Leaves three pictures in target/demo/.
 */

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { open } from '../drivers/index.js';
import { poll } from '../drivers/poll.js';
import { Inspector } from './inspector.js';
import { Collector } from '../support/collector.js';
import { switchFlag } from './flag.js';
import { eventsOf, receiptsOf } from './stored.js';
import { eventTable } from './table.js';
import { faultsIn, isWhole } from './verify.js';
import { visit } from './visit.js';

const PICTURES = fileURLToPath(new URL('../../target/demo/', import.meta.url));

const demo = address('HOGLET_DEMO_URL');
const collector = new Collector(address('HOGLET_COLLECTOR_URL'));
await mkdir(PICTURES, { recursive: true });

const browser = await open('chromium');
try {
  const faults = await check();
  for (const fault of faults) console.error(`demo check: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`\nEvery event is there, none twice. Pictures: ${PICTURES}shop.png, inspector.png, flag.png`);
} catch (error) {
  console.error(`demo check: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}

/** @returns {Promise<string[]>} what is wrong */
async function check() {
  const start = (await collector.events()).at(-1)?.id ?? 0;
  // Open from the beginning, so that it shows what comes by the stream and not only what it reads at its start.
  const inspector = await Inspector.open(browser, demo);
  const { visitor, expected, problems } = await visit(browser, demo, `${PICTURES}shop.png`);

  const events = await poll(
    () => eventsOf(collector, visitor, start),
    (events) => isWhole(events, expected),
    (last) => `the visit made ${expected.length} events, and the database has only these of them:\n${last}`,
  ).catch(async (error) => {
    problems.push(`not every event arrived: ${error.message.split('\n', 1)[0]}`);
    return eventsOf(collector, visitor, start);
  });
  problems.push(...(await inspector.faults(events, visitor, `${PICTURES}inspector.png`)));

  // Asked for last: an event that comes a second time comes late.
  const receipts = await receiptsOf(collector, events);
  const persons = await collector.persons();
  console.log(eventTable(events, receipts, persons));
  const flag = await switchFlag(browser, demo, collector, `${PICTURES}flag.png`);
  console.log(`\n${flag.told}`);
  return [...problems, ...faultsIn({ expected, events, receipts, persons, visitor }), ...flag.problems];
}

function address(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run this through \`cargo xtask demo --check\``);
  return value.replace(/\/$/, '');
}
