/**
 * How the core comes to the page: the same tests run for each way, which HOGLET_MODE names.
 *
 * - `lazy`: by the entry `hoglet`, as WebAssembly. That is what there is without a name.
 * - `eager`: by the entry `hoglet/eager`.
 * - `js`: by the entry `hoglet` in a browser that has no WebAssembly.
 * - `each`: the files take turns, so that the three engines together see each file in each way.
 */

import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { ENGINES } from '../drivers/index.js';
import { required } from './environment.js';

const NAMED = process.env.HOGLET_MODE ?? 'lazy';
const EACH = 'each';

/** What the entries of the package begin with in a mode. */
const TAKEN_AWAY = "'use strict';delete globalThis.WebAssembly;";

/** What makes a copy of the package another one. */
const CHANGES = {
  lazy: undefined,
  eager(folder) {
    const change = (file, change) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
    renameSync(join(folder, 'index.js'), join(folder, 'lazy.js'));
    change('eager.js', (code) => code.replace('./index.js', './lazy.js'));
    writeFileSync(join(folder, 'index.js'), "export { default } from './eager.js';\n");
  },
  js(folder) {
    for (const entry of ['index.js', 'eager.js', 'snippet.js']) {
      writeFileSync(join(folder, entry), TAKEN_AWAY + readFileSync(join(folder, entry), 'utf8'));
    }
  },
};

const MODES = Object.keys(CHANGES);

if (NAMED !== EACH && !MODES.includes(NAMED)) {
  throw new Error(`HOGLET_MODE is ${NAMED}; there are ${[...MODES, EACH].join(', ')}`);
}

/** What the tests of this file are about. */
let among = MODES;
let folder;

/** Says that the tests of this file are about these modes, before anything asks which it is. */
export function choose(modes) {
  if (folder) throw new Error('the package is prepared already');
  among = modes;
}

/** The mode that this file is tested in. */
function mode() {
  if (NAMED !== EACH) return NAMED;
  const letters = [...basename(process.argv[1])].map((letter) => letter.codePointAt(0));
  const turn = letters.reduce((sum, letter) => sum + letter, ENGINES.indexOf(required('HOGLET_ENGINE')));
  return among[turn % among.length];
}

/** The folder of the package, whose entries are those of the mode: a page need not know which it is. */
export function packageFolder() {
  return (folder ??= prepared(resolve(required('HOGLET_PACKAGE'))));
}

function prepared(original) {
  const change = CHANGES[mode()];
  if (!change) return original;
  const folder = mkdtempSync(join(tmpdir(), `hoglet-${mode()}-`));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  cpSync(original, folder, { recursive: true });
  change(folder);
  return folder;
}

/**
 * Options of a test, or of a suite, that is about something that other modes do not have.
 *
 * @param {string[]} modes those that have it
 */
export const only = (...modes) => ({
  modes,
  get skip() {
    return !modes.includes(mode()) && `is about the mode ${modes.join(' or ')}`;
  },
});
