/** posthog-js's API, row by row: whose each row is, and that those of the identity API are there, described and proved. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { allScripts } from '../e2e/differential/scripts/index.js';
import { required } from '../support/environment.js';

/**
 * @typedef {object} Row
 * @property {'method' | 'capture option' | 'setting' | 'property'} kind
 * @property {string} name
 * @property {'identity' | 'delivery' | 'page' | 'flags' | 'package'} owner the part that it belongs to
 * @property {string} [left_out] why hoglet has no such thing
 * @property {string[]} [proof] What shows that it works: `differential: <script>`, or a file of the tests and a test in it.
 */

const OWNERS = ['identity', 'delivery', 'page', 'flags', 'package'];
/** Those whose every row is there and proved. */
const DONE = ['identity', 'page', 'flags'];
const TESTS = new URL('../', import.meta.url);
const PACKAGE = required('HOGLET_PACKAGE');

/** @type {Row[]} */
const rows = JSON.parse(readFileSync(new URL('vectors/api-rows.json', TESTS), 'utf8'));
const isDue = ({ owner, left_out }) => DONE.includes(owner) && !left_out;
const owned = (kind) => rows.filter((row) => row.kind === kind && isDue(row));
const types = readFileSync(join(PACKAGE, 'index.d.ts'), 'utf8');
const differential = new Set(allScripts.map(({ name }) => name));

const load = async (entry) => (await import(pathToFileURL(join(PACKAGE, entry)).href)).default;

/** The body of an interface of the type declarations. */
function declared(name) {
  const [, body] = types.match(new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms')) ?? [];
  assert.ok(body, `index.d.ts declares ${name}`);
  return body;
}

/** Whether an interface has that member. */
function declares(body, member) {
  return new RegExp(`^  (readonly )?${member.replaceAll('$', '\\$')}\\??[(:]`, 'm').test(body);
}

function isProved(proof) {
  const [where, ...name] = proof.split(': ');
  const title = name.join(': ');
  if (where === 'differential') return differential.has(title);
  const text = readFileSync(new URL(where, TESTS), 'utf8');
  return ["'", '"', '`'].some((quote) => text.includes(quote + title + quote)) || text.includes(`fn ${title}(`);
}

test('every row has one owner', () => {
  const names = rows.map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(names, [...new Set(names)]);
  assert.deepEqual(rows.filter(({ owner }) => !OWNERS.includes(owner)), []);
});

for (const entry of ['index.js', 'eager.js']) {
  test(`${entry} has every method`, async () => {
    const client = await load(entry);
    for (const { name } of owned('method')) {
      const method = name.split('.').reduce((holder, member) => holder[member], client);
      assert.equal(typeof method, 'function', name);
    }
  });
}

// Before the core is there most of them are undefined, and `in` is not asked.
test('eager.js has every property', async () => {
  const client = await load('eager.js');
  for (const { name } of owned('property')) assert.ok(name in client, name);
});

test('the methods are those of the class, so that every client has them', async () => {
  const { prototype } = (await load('eager.js')).constructor;
  for (const { name } of owned('method')) {
    if (!name.includes('.')) assert.equal(typeof prototype[name], 'function', name);
  }
});

test('every method, property, setting and option is declared', () => {
  // A client has the methods that it shares with its `featureFlags`.
  const [hoglet, people] = [declared('Hoglet') + declared('FlagMethods'), declared('People')];
  for (const { name } of [...owned('method'), ...owned('property')]) {
    const [member, group] = name.split('.').reverse();
    assert.ok(declares(group ? people : hoglet, member), name);
  }
  // What `init` is given as arguments is no setting that an app writes.
  const settings = owned('setting').filter(({ name }) => name !== 'token' && name !== 'name');
  for (const { name } of settings) assert.ok(declares(declared('Config'), name), name);
  for (const { name } of owned('capture option')) assert.ok(declares(declared('CaptureOptions'), name), name);
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  assert.equal((await load('eager.js')).version, version);
});

test('every row is proved by a test that there is', () => {
  const unproved = rows
    .filter(isDue)
    .filter(({ proof = [] }) => proof.length === 0 || !proof.every(isProved));
  assert.deepEqual(unproved.map(({ kind, name }) => `${kind} ${name}`), []);
});
