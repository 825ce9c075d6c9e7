import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** The environment variable that has what was counted taken for what is expected. */
const UPDATE = 'HOGLET_UPDATE_COUNTS';

/**
 * Compares what was counted with what a committed file expects, to the last one: what costs less is to be written down as well.
 *
 * @param {URL} file
 * @param {object} counted
 * @param {string} command by which the tests are run that count
 */
export function assertExpected(file, counted, command) {
  if (process.env[UPDATE]) {
    writeFileSync(file, `${JSON.stringify(counted, null, 2)}\n`);
    return;
  }
  const expected = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(counted, expected, `if that is meant to be so, write it down with \`${UPDATE}=1 ${command}\``);
}
