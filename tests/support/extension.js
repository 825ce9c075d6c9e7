import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { required } from './environment.js';

const SOURCE = fileURLToPath(new URL('../extension', import.meta.url));

/**
 * Makes the extension of tests/extension with the installed package: for its pages the files as they are, for its content
 * script, which can be no module, in one bundle.
 *
 * @param {string} folder an empty one
 */
export async function bundleExtension(folder) {
  const hoglet = resolve(required('HOGLET_PACKAGE'));
  await cp(SOURCE, folder, { recursive: true });
  await mkdir(join(folder, 'hoglet'));
  await cp(hoglet, join(folder, 'hoglet'), { recursive: true });
  await build({
    entryPoints: [join(SOURCE, 'content.js')],
    outfile: join(folder, 'content.js'),
    allowOverwrite: true,
    bundle: true,
    format: 'iife',
    charset: 'utf8',
    alias: { 'hoglet/eager': join(hoglet, 'eager.js') },
    logLevel: 'error',
  });
}
