/** Renders on a server with both SDKs, and tells what came of it. */

import { createElement as h, Fragment } from 'react';
import { renderToString } from 'react-dom/server';
import eager from 'hoglet/eager';
import hoglet from 'hoglet';
import * as ours from 'hoglet/react';
import * as theirs from 'posthog-js/react';

const FLAGS = { on: true, off: false, button: 'blue', text: true };
const PAYLOADS = { on: { size: 2 }, button: [1, 2] };

/** What a page shows of flags. */
const PAGES = {
  hooks: (sdk) =>
    h(() =>
      JSON.stringify(
        ['on', 'off', 'button', 'unknown'].map((flag) => [
          sdk.useFeatureFlagEnabled(flag),
          sdk.useFeatureFlagEnabled(flag, true),
          sdk.useFeatureFlagVariantKey(flag),
          sdk.useFeatureFlagPayload(flag),
          sdk.useFeatureFlagResult(flag),
          sdk.useActiveFeatureFlags(),
        ]),
      ),
    ),
  'a flag that is on': (sdk) => h(sdk.PostHogFeature, { flag: 'on', fallback: 'not', className: 'new' }, h('b', null, 'new')),
  'a flag that is off': (sdk) => h(sdk.PostHogFeature, { flag: 'off', fallback: h('i', null, 'not') }, 'new'),
  'a flag that must be off': (sdk) => h(sdk.PostHogFeature, { flag: 'off', match: false }, 'not new'),
  'an unknown flag': (sdk) => h(sdk.PostHogFeature, { flag: 'unknown', fallback: 'not', match: false }, 'new'),
  'a variant': (sdk) => h(sdk.PostHogFeature, { flag: 'button', match: 'blue' }, 'one', h('b', null, 'two'), null),
  'another variant': (sdk) => h(sdk.PostHogFeature, { flag: 'button', match: 'red' }, 'red'),
  'a payload': (sdk) => h(sdk.PostHogFeature, { flag: 'button' }, (payload) => h('b', null, JSON.stringify(payload))),
  'what is watched': (sdk) => h(sdk.PostHogCaptureOnViewed, { name: 'hero', id: 'hero' }, h('b', null, 'hero'), 'text'),
  'children that are watched': (sdk) =>
    h(sdk.PostHogCaptureOnViewed, { name: 'list', trackAllChildren: true, id: 'list' }, h('b', null, 1), h('b', null, 2)),
  'what does not fail': (sdk) => h(sdk.PostHogErrorBoundary, { fallback: 'failed' }, () => h('b', null, 'shown')),
};

/** A client that has no flags of its own yet. */
const client = (bootstrap) => ({
  config: { bootstrap },
  featureFlags: { hasLoadedFlags: false, getFlags: () => [], getFlagVariants: () => ({}) },
  isFeatureEnabled() {},
  getFeatureFlag() {},
  getFeatureFlagResult() {},
  onFeatureFlags: () => () => {},
});

const render = (sdk, props) =>
  Object.fromEntries(
    Object.entries(PAGES).map(([name, page]) => [name, renderToString(h(sdk.PostHogProvider, props, h(Fragment, null, page(sdk))))]),
  );

const bootstrap = { featureFlags: FLAGS, featureFlagPayloads: PAYLOADS };
const [withClient, without] = [{ client: client(bootstrap) }, { client: client() }];
const before = Object.getOwnPropertyNames(globalThis);
let requests = 0;
globalThis.fetch = () => {
  requests += 1;
  return new Promise(() => {});
};

const result = {
  names: [Object.keys(ours), Object.keys(theirs)].map((names) => names.sort()),
  bootstrapped: [render(ours, withClient), render(theirs, withClient)],
  unknown: [render(ours, without), render(theirs, without)],
  entries: [hoglet, eager].map((client) => render(ours, { client })),
  key: render(ours, { apiKey: 'phc_server', options: { bootstrap } }),
  texts: renderToString(
    h(
      ours.PostHogProvider,
      { apiKey: 'phc_server', options: { bootstrap: { featureFlags: FLAGS, featureFlagPayloads: { on: '{"size":2}', text: '{' } } } },
      h(() => JSON.stringify([ours.useFeatureFlagPayload('on'), ours.useFeatureFlagPayload('text')])),
    ),
  ),
  config: hoglet.config,
  requests,
  added: Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name)),
};
console.log(JSON.stringify(result));
