/** The entry `hoglet/react` on a server, beside posthog-js's. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, before, after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { REACTS, bundleApp } from '../support/react_app.js';

const APP = fileURLToPath(new URL('../react/server.js', import.meta.url));

for (const react of REACTS) {
  describe(`on a server, with React ${react}`, () => {
    let folder;
    let result;
    let said;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hoglet-react-'));
      await bundleApp(APP, react, folder, 'node');
      // Had it left a timer or a connection open, the process would not end.
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'app.js')], { timeout: 20_000 });
      result = JSON.parse(stdout.split('\n').at(-2));
      said = stderr;
    });
    after(() => rm(folder, { recursive: true }));

    test('the names are those of posthog-js/react', () => {
      const [ours, theirs] = result.names;
      assert.deepEqual(ours, theirs);
    });

    test('what is bootstrapped is rendered as posthog-js renders it', () => {
      const [ours, theirs] = result.bootstrapped;
      assert.deepEqual(ours, theirs);
      assert.match(ours['a flag that is on'], /^<div .*><b>new<\/b><\/div>$/);
    });

    test('without flags there are fallbacks', () => {
      const [ours, theirs] = result.unknown;
      assert.deepEqual(ours, theirs);
      assert.equal(ours['a flag that is on'], 'not');
      for (const rendered of result.entries) assert.deepEqual(rendered, ours);
    });

    test('a key and settings do as a client does', () => {
      assert.deepEqual(result.key, result.bootstrapped[0]);
    });

    test('bootstrapped payloads may be JSON texts, as the client reads them', () => {
      assert.equal(result.texts.replaceAll('&quot;', '"'), '[{"size":2},"{"]');
    });

    test('nothing is begun, asked, kept or said', () => {
      const { config, requests, added } = result;
      assert.deepEqual({ config, requests, added, said }, { config: {}, requests: 0, added: [], said: '' });
    });
  });
}
