/** What the tests of `hoglet/react` show in a page, which tells how often each component was rendered. */

import { Fragment, StrictMode, createElement as h, useLayoutEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import hoglet from 'hoglet';
import eager from 'hoglet/eager';
import * as sdk from 'hoglet/react';

const clients = { lazy: hoglet, eager };
const renders = {};
const pressed = [];
const recovered = [];

/** A paragraph with what a hook answers. */
const Reading = ({ name, read }) => {
  renders[name] = (renders[name] ?? 0) + 1;
  return h('p', { id: name }, JSON.stringify(read()) ?? 'undefined');
};

const READINGS = {
  enabled: () => sdk.useFeatureFlagEnabled('beta'),
  variant: () => sdk.useFeatureFlagVariantKey('beta'),
  payload: () => sdk.useFeatureFlagPayload('beta'),
  active: () => sdk.useActiveFeatureFlags(),
  other: () => sdk.useFeatureFlagResult('other'),
};

const Capturing = () => {
  const posthog = sdk.usePostHog();
  const isDone = useRef(false);
  useLayoutEffect(() => {
    if (!isDone.current) posthog.capture('mounted');
    isDone.current = true;
  });
};

let isBroken = true;
const Breaking = () => {
  if (isBroken) throw new TypeError('no acorns');
  return h('p', { id: 'mended' }, 'mended');
};
const Fallback = ({ error, resetError }) => {
  const mend = () => {
    isBroken = false;
    resetError();
  };
  return h('button', { id: 'mend', onClick: mend }, error.message);
};

const PAGES = {
  capturing: () => h(Capturing),
  flags: () => h(Fragment, null, ...Object.entries(READINGS).map(([name, read]) => h(Reading, { key: name, name, read }))),
  feature: () =>
    h(
      Fragment,
      null,
      h(
        sdk.PostHogFeature,
        { flag: 'beta', match: 'blue', fallback: h('p', { id: 'fallback' }, 'not'), onClick: () => pressed.push('feature') },
        h('button', { id: 'new' }, 'new'),
        h('b', null, 'and more'),
      ),
      h(sdk.PostHogCaptureOnViewed, { name: 'hero', properties: { a: 1 } }, 'hero'),
    ),
  failing: () => h(sdk.PostHogErrorBoundary, { fallback: Fallback, additionalProperties: { where: 'shop' } }, h(Breaking)),
};

const element = (page, { client, isStrict = true, ...props }) => {
  const used = client ? { ...props, client: clients[client] } : props;
  return h(isStrict ? StrictMode : Fragment, null, h(sdk.PostHogProvider, used, PAGES[page]()));
};

const container = document.getElementById('root');
let root;

Object.assign(window, {
  hoglet,
  eager,
  renders,
  pressed,
  recovered,
  show(page, props) {
    root ??= createRoot(container);
    flushSync(() => root.render(element(page, props)));
    return container.textContent;
  },
  unmount() {
    root.unmount();
    root = undefined;
  },
  /** Puts into the page what a server would render, and returns its text. */
  serve(page, props) {
    container.innerHTML = renderToString(element(page, props));
    return container.textContent;
  },
  /** Takes over what a server has rendered. */
  hydrate(page, props) {
    root = hydrateRoot(container, element(page, props), { onRecoverableError: (error) => recovered.push(String(error)) });
  },
  /** The texts of the readings. */
  read: () => Object.fromEntries(Object.keys(READINGS).map((name) => [name, document.getElementById(name)?.textContent])),
});
