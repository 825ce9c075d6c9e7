/** The types and their comments say what is the case: they are compared with the modules, and with the core's tables of settings. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { required } from '../support/environment.js';

const ROOT = new URL('../../', import.meta.url);
const PACKAGE = required('HOGLET_PACKAGE');
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');
const filesIn = (folder, ending) =>
  readdirSync(new URL(folder, ROOT), { recursive: true }).filter((name) => name.endsWith(ending));

const types = read('pkg-template/index.d.ts');
const tables = read('src/core/config/tables.rs');
const api = read('src/api/client.rs');
const modules = new Map(filesIn('pkg-template/', '.js').map((name) => [name, read(`pkg-template/${name}`)]));
const scripts = [...modules.values()].join('\n');
const rust = filesIn('src/', '.rs').map((name) => read(`src/${name}`)).join('\n');

/** The members of an interface, each with what its comment says. */
function declared(name) {
  const [, body] = types.match(new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms')) ?? [];
  assert.ok(body, `index.d.ts declares ${name}`);
  return new Map(
    [...body.matchAll(/(?:^  \/\*\*((?:(?!\*\/).)*)\*\/\n)?^  (?:readonly )?(\w+)\??[(:] ?([^\n]*)$/gms)].map(
      ([, comment = '', member, type]) => [member, { comment: comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim(), type }],
    ),
  );
}

/** The rows of one of the core's tables of settings, as JavaScript. */
function rows(table) {
  const [, body] = tables.match(new RegExp(`const ${table}: [^=]* = \\[\\n(.*?)^\\];`, 'ms')) ?? [];
  assert.ok(body, `tables.rs has ${table}`);
  const text = body.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll('&[', '[').replaceAll('(', '[').replaceAll(')', ']');
  return JSON.parse(`[${text.replaceAll(/(?<=\d)_(?=\d)/g, '').replaceAll(/,(?=\s*(\]|$))/g, '')}]`);
}

const config = declared('Config');
const isWhole = ([name]) => !name.includes('.');
/** What `init` is given as arguments is no setting that an app writes. */
const ARGUMENTS = ['token', 'name'];
/** The names that settings once had. */
const OLD = [
  ...modules.get('settings.js').match(/const RENAMED = \{\n(.*?)^\}/ms)[1].matchAll(/^  (\w+): '/gm),
].map(([, name]) => name);
OLD.push('property_blacklist', 'identity_distinct_id');

test('the methods that are declared are those that there are, with their arguments and results', async () => {
  const tsc = fileURLToPath(new URL('tests/node_modules/typescript/bin/tsc', ROOT));
  const project = fileURLToPath(new URL('tests/types/drift', ROOT));
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '--project', project]).catch((failure) => failure);
  // Not every module has all of its types, which is no matter of the declared ones.
  assert.deepEqual(stdout.split('\n').filter((line) => /^(.*members\.ts|error)/.test(line)), []);
});

test('a client has the members that are declared at run time, and no others', async () => {
  const { default: client } = await import(pathToFileURL(join(PACKAGE, 'eager.js')).href);
  const members = (object) => [...Object.getOwnPropertyNames(Object.getPrototypeOf(object)), ...Object.getOwnPropertyNames(object)];
  const internal = ['constructor', 'replay', 'member'];
  const hoglet = [...declared('Hoglet').keys(), ...declared('FlagMethods').keys()];
  const flags = [...declared('FeatureFlags').keys(), ...declared('FlagMethods').keys()];
  const own = (object) => [...new Set(members(object))].filter((name) => !internal.includes(name)).sort();
  assert.deepEqual(own(client), [...new Set(hoglet)].sort());
  assert.deepEqual(own(client.featureFlags), [...new Set(flags)].sort());
  assert.deepEqual(Object.keys(client.people).sort(), [...declared('People').keys()].sort());
});

describe('settings', () => {
  const spoken = (number) => number.toLocaleString('en-US');

  test('the types declare every setting that the core knows, and no number or switch has another default there', () => {
    for (const [name, least, most, value] of rows('NUMBERS').filter(isWhole)) {
      const { comment, type } = config.get(name) ?? assert.fail(`${name} is not declared`);
      assert.match(type, /^number/, name);
      assert.ok(comment.includes(spoken(value)), `the default of ${name} is ${spoken(value)}: ${comment}`);
      const range = /(\d[\d,]*) to (\d[\d,]*\d)/.exec(comment);
      if (range) assert.deepEqual(range.slice(1), [least, most].map(spoken), name);
    }
    for (const [name, value] of rows('SWITCHES').filter(isWhole)) {
      const { comment, type } = config.get(name) ?? assert.fail(`${name} is not declared`);
      assert.match(type, /^boolean/, name);
      const said = /Default (true|false)\b/.exec(comment)?.[1];
      if (said) assert.equal(said, String(value), name);
      else assert.match(comment, /Default:? |@deprecated/, name);
    }
  });

  test('texts and words have the defaults that the types tell, and no word is missing', () => {
    for (const [name, value] of rows('TEXTS').filter(isWhole)) {
      const { comment, type } = config.get(name) ?? assert.fail(`${name} is not declared`);
      assert.match(type, /^string/, name);
      if (value) assert.ok(comment.includes(`\`${value}\``) || comment.includes(`\`'${value}'\``), `${name}: ${value}`);
    }
    for (const [name, words] of rows('CHOICES').filter(isWhole)) {
      const { comment, type } = config.get(name) ?? assert.fail(`${name} is not declared`);
      const [, ...declaredWords] = type.split("'").filter((_, at) => at % 2 === 1 || at === 0);
      assert.deepEqual(declaredWords.sort(), words.filter(Boolean).sort(), name);
      if (words[0]) assert.ok(comment.includes(`Default \`'${words[0]}'\``), `${name}: ${comment}`);
    }
    for (const [name] of rows('LISTS').map((name) => [name]).filter(isWhole)) {
      const { type } = config.get(name) ?? assert.fail(`${name} is not declared`);
      assert.match(type, /string\[\]/, name);
    }
  });

  test('what the core takes part by part is declared as a whole', () => {
    const all = ['TEXTS', 'NUMBERS', 'SWITCHES', 'CHOICES'].flatMap((table) => rows(table)).concat(rows('LISTS').map((name) => [name]));
    const parts = all.filter((row) => !isWhole(row)).map(([name]) => name.split('.')[0]);
    // Derived from settings of other names.
    const derived = { flag_refresh: 'remote_config_refresh_interval_ms' };
    for (const name of new Set(parts)) assert.ok(config.has(derived[name] ?? name), name);
  });

  test('what the modules read of settings is declared', () => {
    const patterns = [/\b(?:settings|config)\??\.(?!js\b)([a-zA-Z_]\w*)/g, /\{([^{}]+)\} = (?:this\.#)?(?:settings|config)\b/g];
    const found = patterns.flatMap((pattern) =>
      [...scripts.matchAll(pattern)].flatMap(([, names]) => names.split(',').map((name) => name.split(/[:=]/)[0].trim())),
    );
    const undeclared = [...new Set(found)].filter(
      (name) => name && !config.has(name) && ![...ARGUMENTS, ...OLD].includes(name),
    );
    assert.deepEqual(undeclared, []);
  });

  test('what is declared is read, unless its comment says that it has no effect', () => {
    const known = (name) => tables.includes(`"${name}"`) || new RegExp(`\\b${name}\\b`).test(scripts);
    const unread = [...config].filter(([name, { comment }]) => !known(name) && !comment.startsWith('Without effect'));
    assert.deepEqual(unread.map(([name]) => name), []);
  });

  test('what has a default in the modules has it in the types', async () => {
    const { addPageDefaults } = await import('../../pkg-template/page-settings.js');
    const defaults = {};
    addPageDefaults(defaults);
    for (const [name, value] of Object.entries(defaults)) {
      const { comment } = config.get(name);
      assert.match(comment, new RegExp(`Default \`?'?${value}\\b`), name);
    }
  });

  test('the dated defaults that the types tell are those that there are', async () => {
    const { comment } = config.get('defaults');
    const [, body] = modules.get('settings.js').match(/const DATED = \[\n(.*?)^\]/ms);
    for (const [, date, name] of body.matchAll(/\['([\d-]+)', '(\w+)'/g)) {
      assert.ok(comment.includes(`\`${name}\``) && comment.includes(date), `${name} (${date})`);
    }
  });

  test("the README's table names the settings that there are, but older names and what says `@deprecated`", () => {
    const [, table] = read('README.md').match(/^### Settings\n(.*?)^###? /ms);
    const named = [...table.matchAll(/^\|.*$/gm)].flatMap(([row]) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    assert.deepEqual(named.filter((name) => !config.has(name)), []);
    const isOld = (name) => OLD.includes(name) || /@deprecated|[Aa]nother name|Older than|Without effect/.test(config.get(name).comment);
    const unnamed = [...config.keys()].filter((name) => !named.includes(name) && !isOld(name));
    assert.deepEqual(unnamed, []);
  });
});

test('the events that the types tell of are those that listeners hear', () => {
  const [, body] = types.match(/^export interface Hoglet\b(.*?)^\}/ms);
  const told = [...body.matchAll(/^  on\(event: '(\w+)'/gm)].map(([, name]) => name).sort();
  const toApp = [...scripts.matchAll(/listeners\??\.tell\('(\w+)'/g)].map(([, name]) => name);
  // What the host does not keep for itself goes to the app as the core says it.
  const runtime = read('src/browser/runtime.rs');
  const news = ['delivered', 'dropped', 'retrying'].filter((name) => runtime.includes(`"${name}"`));
  assert.deepEqual([...new Set([...toApp, ...news])].sort(), told);
});

describe('the core', () => {
  const ASKING = /\b(?:ask\([\w.#]+, |#ask\(|#look\(|\.change\(|\btell\(|#tell\(|\bmake\()'(\w+)'/g;
  const asked = new Set([...scripts.matchAll(ASKING)].map(([, name]) => name));
  const [, matched] = api.match(/match name \{\n(.*)^fn consent/ms);
  const answered = new Set([...matched.matchAll(/^\s+"(\w+)"(?: if [^=]*)? =>/gm)].map(([, name]) => name));

  test('knows all that the modules ask it for', () => {
    const unknown = [...asked].filter((name) => !answered.has(name) && !rust.includes(`"${name}"`));
    assert.deepEqual(unknown.filter((name) => !['eventCaptured', 'featureFlagsReloading'].includes(name)), []);
  });

  test('answers nothing that nobody asks for', () => {
    const unasked = [...answered].filter((name) => !new RegExp(`['"]${name}['"]`).test(scripts));
    assert.deepEqual(unasked, []);
  });

  test('has a line in its table for each', () => {
    const documented = new Set([...api.matchAll(/^\s+\/\/\/ \| ([^|]+) \|/gm)].flatMap(([, names]) => names.match(/\w+/g) ?? []));
    assert.deepEqual([...answered].filter((name) => !documented.has(name)), []);
  });
});
