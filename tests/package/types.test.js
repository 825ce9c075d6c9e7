/** The package's type declarations: the project in tests/types must compile against them. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { required } from '../support/environment.js';

const TYPES = fileURLToPath(new URL('../types', import.meta.url));
const TSC = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

for (const moduleResolution of ['bundler', 'nodenext']) {
  test(`the types compile, with moduleResolution ${moduleResolution}`, async (t) => {
    // A project in which the package is installed under its name, so that its `exports` count.
    const project = await mkdtemp(join(tmpdir(), 'hoglet-types-'));
    t.after(() => rm(project, { recursive: true }));
    await cp(TYPES, project, { recursive: true });
    await mkdir(join(project, 'node_modules'));
    await symlink(resolve(required('HOGLET_PACKAGE')), join(project, 'node_modules', 'hoglet'));
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [TSC, '--project', project, '--module', module, '--moduleResolution', moduleResolution],
    ).catch((failure) => failure);
    assert.equal(stdout, '');
  });
}
