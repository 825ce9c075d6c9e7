/** The tarball that npm would publish, by what other people's tools say of it, and by what it says of itself. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { required } from '../support/environment.js';

const TOOLS = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));

const folder = required('HOGLET_PACKAGE');
const tarball = required('HOGLET_TARBALL');

/** Runs a tool and gives what it wrote and how it ended. */
async function run(tool, ...args) {
  const { stdout, code = 0 } = await promisify(execFile)(join(TOOLS, tool), args).catch((failure) => failure);
  return { stdout, code };
}

test('publint has nothing to say', async () => {
  const { stdout, code } = await run('publint', 'run', tarball, '--strict');
  assert.equal(code, 0, stdout);
});

test('TypeScript finds the types of every entry, however an app resolves modules', async () => {
  // There are ES modules only, which CommonJS has by `import()`, and in Node 20.19 and later by `require` too. The wasm is a file
  // to be served, and no module.
  const allowed = ['--ignore-rules', 'cjs-resolves-to-esm', '--exclude-entrypoints', 'hoglet.wasm'];
  const { stdout, code } = await run('attw', tarball, '--no-color', '--no-emoji', ...allowed);
  assert.equal(code, 0, stdout);
});

test('every module has the integrity that the package says', async () => {
  const said = JSON.parse(await readFile(join(folder, 'integrity.json'), 'utf8'));
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const found = modules.map(async (name) => {
    const hash = createHash('sha384').update(await readFile(join(folder, name)));
    return [name, `sha384-${hash.digest('base64')}`];
  });
  assert.deepEqual(said, Object.fromEntries(await Promise.all(found)));
});

test('an app that installs it gets nothing else', async () => {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.scripts, undefined);
  assert.ok(Object.values(manifest.peerDependenciesMeta).every(({ optional }) => optional));
});
