import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { packageFolder } from './modes.js';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

/** The versions of React that the package works with. */
export const REACTS = ['18', '19'];

/** What another name than its own is installed by. */
const ALIASES = { 18: { react: 'react-18', 'react-dom': 'react-dom-18' }, 19: {} };

/**
 * Bundles an app of a React version with the installed package, as a developer would who has both: the package is found by
 * its name, and `exports` counts.
 *
 * @param {string} source the file that the app begins with
 * @param {string} react the version
 * @param {string} folder an empty one; the bundle is its `app.js`
 * @param {'browser' | 'node'} platform
 */
export async function bundleApp(source, react, folder, platform) {
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  await symlink(packageFolder(), join(modules, 'hoglet'));
  await build({
    entryPoints: { app: source },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform,
    alias: ALIASES[react],
    mainFields: ['module', 'main'],
    // The app's own modules, and the packages of these tests.
    nodePaths: [modules, MODULES],
    define: { 'process.env.NODE_ENV': '"development"' },
    banner: platform === 'node' ? { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" } : {},
    logLevel: 'error',
  });
}
