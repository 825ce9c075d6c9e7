/** A visitor of the app that all projects here have. */

import assert from 'node:assert/strict';

import { eventually } from '../support/eventually.js';

/**
 * Does what a visitor does, and waits until all of it has reached the collector without an error in the page. Gives the addresses
 * of the scripts that were fetched before their first touch and after it.
 *
 * @param {import('../drivers/tab.js').Tab} tab
 * @param {string} address of the page
 * @param {import('../support/collector.js').Collector} collector
 * @param {string} token
 * @param {string} [runsOn] 'js': in a tab that remembers that WebAssembly was refused
 */
export async function visit(tab, address, collector, token, runsOn = 'wasm') {
  const page = (token) => `${address}?${new URLSearchParams({ token, api_host: collector.url })}`;
  if (runsOn === 'js') {
    // Another project's visitor, for one who leaves at once is counted.
    await tab.go(page(`${token}_before`));
    await tab.evaluate(() => sessionStorage.setItem('hoglet_engine', 'js'));
  }
  await tab.go(page(token));
  await tab.waitFor(() => window.started === true);
  const first = await tab.evaluate(scriptAddresses);

  await tab.click('#add');
  await arrived(collector, token, ['$pageview', 'added to cart']);
  await tab.click('#check-out');
  await arrived(collector, token, ['checked out']);

  // A core that a bundler has garbled would run as JavaScript.
  const events = await collector.events({ token });
  assert.deepEqual([...new Set(events.map(({ properties }) => properties.$lib_engine))], [runsOn]);
  const problems = (await tab.console()).filter(({ level }) => level === 'error');
  assert.deepEqual(problems, []);
  const all = await tab.evaluate(scriptAddresses);
  return { first, later: all.filter((script) => !first.includes(script)) };
}

async function arrived(collector, token, names) {
  await eventually(
    async () => (await collector.events({ token })).map(({ event }) => event),
    (events) => names.every((name) => events.includes(name)),
    `the events ${names.join(', ')}`,
  );
}

/** Runs in the page. WebKit tells a script that was preloaded twice. */
function scriptAddresses() {
  const addresses = new Set(performance.getEntriesByType('resource').map(({ name }) => name));
  return [...addresses].filter((address) => new URL(address).pathname.endsWith('.js'));
}
