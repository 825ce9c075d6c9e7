/** The package where there is no page: a server that renders the app imports the same code, and nothing happens. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { required } from '../support/environment.js';

/** Runs in a Node of its own, whose globals and output are nobody else's. */
const SCRIPT = `
  const entry = process.argv[1];
  const before = Object.getOwnPropertyNames(globalThis);
  let requests = 0;
  globalThis.fetch = () => { requests += 1; return new Promise(() => {}); };
  const { default: hoglet } = await import(entry);
  const { hideUntilFlags } = await import(new URL('anti-flicker.js', entry));
  const results = [
    hoglet.capture('before init'),
    hoglet.init('phc_server', { api_host: 'http://127.0.0.1:9', load: 'eager' }) === hoglet,
    hoglet.capture('an event', { a: 1 }, { send_instantly: true }),
    hoglet.identify('someone'),
    hoglet.register({ a: 1 }),
    hoglet.set_config({ debug: true }),
    hoglet.debug(),
    hoglet.reset(),
    hoglet.get_distinct_id(),
    hoglet.alias('another id'),
    hoglet.group('company', 'acme'),
    hoglet.setPersonProperties({ a: 1 }),
    hoglet.people.set('a', 1),
    hoglet.opt_in_capturing(),
    hoglet.persistence,
    hoglet.sessionManager,
    hoglet.isFeatureEnabled('a flag'),
    hoglet.getFeatureFlag('a flag'),
    hoglet.getFeatureFlagResult('a flag'),
    hoglet.getFeatureFlagPayload('a flag'),
    hoglet.reloadFeatureFlags(),
    hoglet.updateFlags({ 'a flag': true }),
    hoglet.setPersonPropertiesForFlags({ a: 1 }),
    hoglet.getEarlyAccessFeatures(() => {}),
    hoglet.updateEarlyAccessFeatureEnrollment('a flag', true),
    hoglet.featureFlags.overrideFeatureFlags({ 'a flag': true }),
    hoglet.featureFlags.getRemoteConfigPayload('a flag', () => {}),
    hoglet.featureFlags.getFeatureFlag('a flag'),
  ];
  const answers = [
    hoglet.getGroups(),
    hoglet.get_session_id(),
    hoglet.get_session_replay_url(),
    hoglet.has_opted_in_capturing(),
    hoglet.has_opted_out_capturing(),
    hoglet.get_explicit_consent_status(),
    hoglet.is_capturing(),
    hoglet.calculateEventProperties('an event', { a: 1 }),
    hoglet.__loaded,
    String(hoglet),
    String(hoglet.init('phc_other', {}, 'other')),
    typeof hoglet.on('eventCaptured', () => {})(),
    typeof hoglet.onSessionId(() => {})(),
    typeof hoglet.onFeatureFlags(() => {})(),
    hoglet.isFeatureEnabled('a flag', { defaultValue: true }),
    hoglet.getAllFeatureFlags(),
    hoglet.featureFlags.getFlags(),
    hoglet.featureFlags.getFlagVariants(),
    hoglet.flagsEndpointWasHit,
    await hoglet.flagsReady(60_000),
    await hideUntilFlags(hoglet),
    await hoglet.flush(),
    await hoglet.shutdown(),
  ];
  if (hoglet.load) await hoglet.load();
  const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
  console.log(JSON.stringify({
    results: results.map((result) => result ?? null),
    answers,
    queue: hoglet._events_queue,
    config: typeof hoglet.config,
    requests,
    added,
  }));
`;

for (const entry of ['index.js', 'eager.js']) {
  test(`in Node, ${entry} does nothing and says nothing`, async () => {
    const url = pathToFileURL(join(required('HOGLET_PACKAGE'), entry)).href;
    // Had it left a timer or a connection open, the process would not end.
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', SCRIPT, url],
      { timeout: 20_000 },
    );
    assert.equal(stderr, '');
    // What has no answer before the core, and never has a core here.
    const orNothing = (answer) => (entry === 'index.js' ? null : answer);
    const title = (name) => (entry === 'index.js' ? '[object Object]' : name);
    assert.deepEqual(JSON.parse(stdout), {
      results: [null, true, ...new Array(26).fill(null)],
      answers: [
        {},
        '',
        '',
        false,
        false,
        orNothing('pending'),
        false,
        orNothing({ a: 1 }),
        orNothing(false),
        title('posthog'),
        title('posthog.other'),
        'undefined',
        'undefined',
        'undefined',
        true,
        [],
        [],
        {},
        orNothing(false),
        false,
        false,
        { sent: 0, remaining: 0 },
        { sent: 0, remaining: 0 },
      ],
      queue: [],
      config: 'object',
      requests: 0,
      added: [],
    });
  });
}

test('in Node, the script for pages does nothing', async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  await import(pathToFileURL(join(required('HOGLET_PACKAGE'), 'snippet.js')).href);
  const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
  assert.deepEqual(added, []);
});
