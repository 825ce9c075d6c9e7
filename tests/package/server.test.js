/** The package where there is no page: a server that renders the app imports the same code, and nothing happens. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { required } from '../support/environment.js';

/** Runs in a Node of its own, whose globals and output are nobody else's. */
const SCRIPT = `
  const entry = process.argv[1];
  const before = Object.getOwnPropertyNames(globalThis);
  let requests = 0;
  globalThis.fetch = () => { requests += 1; return new Promise(() => {}); };
  const { default: hoglet } = await import(entry);
  const results = [
    hoglet.capture('before init'),
    hoglet.init('phc_server', { api_host: 'http://127.0.0.1:9', load: 'eager' }) === hoglet,
    hoglet.capture('an event', { a: 1 }, { send_instantly: true }),
    hoglet.identify('someone'),
    hoglet.register({ a: 1 }),
    hoglet.set_config({ debug: true }),
    hoglet.debug(),
    hoglet.reset(),
    hoglet.flush(),
    hoglet.get_distinct_id(),
  ];
  if (hoglet.load) await hoglet.load();
  const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
  console.log(JSON.stringify({
    results: results.map((result) => result ?? null),
    queue: hoglet._events_queue,
    config: typeof hoglet.config,
    requests,
    added,
  }));
`;

for (const entry of ['index.js', 'eager.js']) {
  test(`in Node, ${entry} does nothing and says nothing`, async () => {
    const url = pathToFileURL(join(required('HOGLET_PACKAGE'), entry)).href;
    // Had it left a timer or a connection open, the process would not end.
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', SCRIPT, url],
      { timeout: 20_000 },
    );
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), {
      results: [null, true, null, null, null, null, null, null, null, null],
      queue: [],
      config: 'object',
      requests: 0,
      added: [],
    });
  });
}
