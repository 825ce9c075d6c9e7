/**
 * An app whose first line decides by a flag what it renders: `?token=` says of which project, `?settings=` has more settings, as
 * JSON. With `?plain` it renders the same without asking.
 */

import hoglet from '/hoglet/eager.js';

const query = new URLSearchParams(location.search);
const app = document.querySelector('#app');

hoglet.init(query.get('token'), {
  api_host: location.origin,
  opt_out_useragent_filter: true,
  autocapture: false,
  capture_pageview: false,
  ...JSON.parse(query.get('settings') ?? '{}'),
});

const render = () => {
  const isNew = query.has('plain') || hoglet.isFeatureEnabled('redesign');
  app.textContent = isNew ? 'the new page' : 'the old page';
};
render();
/** When the app has rendered first; nothing was there to be painted before. */
window.renderedAt = performance.now();

window.hoglet = hoglet;
/** Where the flags were from when the app has heard of them. */
window.heard = [];
if (!query.has('plain')) {
  hoglet.onFeatureFlags((_, __, { source }) => {
    heard.push(source);
    render();
  });
  hoglet.flagsReady(600_000).then((isReady) => (window.isFresh = isReady));
}
