/** hoglet beside posthog-js: the same steps, and whatever is not the same afterwards is intended and listed. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ENGINES } from '../drivers/index.js';
import { required } from '../support/environment.js';
import { only } from '../support/modes.js';
import { suite } from '../support/suite.js';
import { compare } from './differential/compare.js';
import { Listed } from './differential/listed.js';
import { allScripts, scriptsFor } from './differential/scripts/index.js';
import { Tabs, Visitor } from './differential/visitor.js';

const scripts = scriptsFor(required('HOGLET_ENGINE'));

const folder = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, folder), 'utf8');

suite('differential', (world) => {
  const tabs = new Tabs(world);
  const listed = new Listed();
  const taken = new Set();

  for (const script of scripts) {
    test(script.name, async () => {
      const differences = compare(await take(script, 'posthog-js'), await take(script, 'hoglet'));
      taken.add(script.name);
      const unlisted = differences.filter((difference) => !listed.excuses(script.name, difference));
      assert.equal(unlisted.length, 0, `not listed in differences.json:\n${unlisted.map(line).join('\n')}`);
    });
  }

  test('posthog-js differs in nothing from itself', async () => {
    const [script] = scripts;
    assert.deepEqual(compare(await take(script, 'posthog-js'), await take(script, 'posthog-js')), []);
  });

  test('every script has its own name, and each rule has an engine that takes all of its scripts', () => {
    const names = (scripts) => scripts.map(({ name }) => name);
    assert.deepEqual(names(allScripts), [...new Set(names(allScripts))]);
    const inEngines = ENGINES.map((engine) => names(scriptsFor(engine)));
    const isTaken = (scripts) => inEngines.some((taken) => scripts.every((name) => taken.includes(name)));
    assert.deepEqual(listed.scripts().filter((scripts) => !isTaken(scripts)), []);
  });

  test('every difference that is listed still exists', (context) => {
    if (taken.size < scripts.length) return context.skip('not all scripts were taken');
    const names = scripts.map(({ name }) => name);
    assert.deepEqual(listed.unused(names), []);
  });

  test('what no script can show is proved by a test', () => {
    for (const { hoglet, shown, proved } of listed.rows) {
      assert.ok(shown?.length || proved, `nothing shows this: ${hoglet}`);
      if (proved) assert.ok(read(proved.file).includes(proved.test), `${proved.file} has no test ${proved.test}`);
    }
  });

  test('the peer is the posthog-js that the list speaks of', () => {
    assert.equal(JSON.parse(read('tests/node_modules/posthog-js/package.json')).version, listed.version);
  });

  test('the comparison keeps ids and times apart', () => {
    const [one, other] = ['01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-000000000002'];
    const seen = (...returned) => ({ steps: [{ returned }], events: [] });
    const paths = (posthog, hoglet) => compare(posthog, hoglet).map(({ path }) => path);
    assert.deepEqual(paths(seen(one, other, one), seen(other, one, other)), []);
    assert.deepEqual(paths(seen(one, other, one), seen(one, other, other)), ['steps/1/returned/3']);
    assert.deepEqual(paths(seen(one, one), seen(one, other)), ['steps/1/returned/2']);
    const now = Date.now();
    assert.deepEqual(paths(seen(now, `fb.${now}`), seen(now + 9, `fb.${now + 9}`)), []);
    assert.deepEqual(paths(seen(now, 7, 'a'), seen(now - 3_600_000, 8, null)), [1, 2, 3].map((at) => `steps/1/returned/${at}`));
  });

  async function take({ run }, sdk) {
    const visitor = new Visitor(world, tabs, sdk);
    await run(visitor);
    return visitor.seen();
  }
}, undefined, only('lazy', 'eager'));

function line({ path, posthog, hoglet }) {
  return `  ${path}\n    posthog-js: ${JSON.stringify(posthog)}\n    hoglet:     ${JSON.stringify(hoglet)}`;
}
