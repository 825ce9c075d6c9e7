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
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
const TSC = join(MODULES, 'typescript/bin/tsc');

/** The packages that apps of React have, with what their types need. */
const REACT = ['@types/react', 'csstype'];

for (const moduleResolution of ['bundler', 'nodenext']) {
  test(`the types compile, with moduleResolution ${moduleResolution}`, async (t) => {
    // A project in which the package is installed under its name, so that its `exports` count.
    const project = await mkdtemp(join(tmpdir(), 'hoglet-types-'));
    t.after(() => rm(project, { recursive: true }));
    await cp(TYPES, project, { recursive: true });
    await mkdir(join(project, 'node_modules'));
    await symlink(resolve(required('HOGLET_PACKAGE')), join(project, 'node_modules', 'hoglet'));
    await mkdir(join(project, 'node_modules/@types'));
    for (const name of REACT) await symlink(join(MODULES, name), join(project, 'node_modules', name));
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    for (const part of [project, join(project, 'react')]) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [TSC, '--project', part, '--module', module, '--moduleResolution', moduleResolution],
      ).catch((failure) => failure);
      assert.equal(stdout, '');
    }
  });
}
