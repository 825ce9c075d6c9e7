/** What a policy forbids, and reviewers look for: no file of the package evaluates text, or adds scripts or markup to a page. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { required } from '../support/environment.js';

const PACKAGE = required('HOGLET_PACKAGE');

/** Ways to run a text, and ways to put markup or scripts into a page. */
const FORBIDDEN = [
  /\beval\s*\)?\s*\(/,
  /\bnew\s+Function\b/,
  // Not what a message may say.
  /(?<![\w$"'`])Function\s*\((?!\$\{)/,
  /\bset(Timeout|Interval)\s*\(\s*["'`]/,
  /\bimportScripts\b/,
  /\bnew\s+(Shared)?Worker\b/,
  /\bdocument\s*\.\s*write/,
  /\b(inner|outer)HTML\b/,
  /\bsrcdoc\b/,
  /\binsertAdjacentHTML\b/,
  /\bcreateContextualFragment\b/,
  /\bparseFromString\b/,
  /\bsetHTML/,
  /\bcreateElement(NS)?\s*\(/,
  /\bjavascript:/,
  /\bsetAttribute\s*\(\s*["'`]on/,
];

const offences = (text) =>
  FORBIDDEN.flatMap((pattern) => {
    const found = pattern.exec(text);
    return found ? [text.slice(Math.max(0, found.index - 40), found.index + 40)] : [];
  });

for (const file of readdirSync(PACKAGE).filter((name) => name.endsWith('.js'))) {
  test(`${file} evaluates nothing and adds nothing to the page`, () => {
    assert.deepEqual(offences(readFileSync(join(PACKAGE, file), 'utf8')), []);
  });
}

test('what is looked for is found', () => {
  const bad = [
    'eval(text)',
    '(0,eval)(text)',
    'new Function("return this")()',
    'const f=Function("return this")',
    'setTimeout("go()")',
    'document.write(text)',
    'element.innerHTML=text',
    "document.createElement('script')",
    'new Worker(url)',
    'frame.srcdoc=text',
  ];
  assert.deepEqual(bad.filter((text) => offences(text).length === 0), []);
  assert.deepEqual(offences('evaluation_contexts.map(setTimeout(flush, 5)), typeof value == "Function"'), []);
});
