/**
 * Whose `capture()` is measured. Each gives, for a project's token, a client that is ready, with settings for what else is measured:
 * `autocapture` or `advanced_disable_flags`.
 */

import { imports } from './imports.js';

/** All send this often: the shortest that posthog-js allows, so that events do not wait from one measure to the next. */
const SEND_INTERVAL_MS = 250;

/** The same for both; what is not compared is off. */
const settings = {
  api_host: location.origin,
  // A driven browser looks like a bot.
  opt_out_useragent_filter: true,
  rageclick: false,
  capture_dead_clicks: false,
  capture_exceptions: false,
  capture_heatmaps: false,
  capture_pageleave: false,
  capture_pageview: false,
  capture_performance: false,
  disable_conversations: true,
  disable_external_dependency_loading: true,
  disable_product_tours: true,
  disable_session_recording: true,
  disable_surveys: true,
  disable_web_experiments: true,
};

async function startPosthog(id, token, measured, own) {
  const { client, settings: needed } = await imports[id]();
  const rate = 1_000_000;
  return client.init(token, {
    ...needed,
    ...settings,
    request_queue_config: { flush_interval_ms: SEND_INTERVAL_MS },
    // Its default drops all but the first hundred events of a burst.
    rate_limiting: { events_per_second: rate, events_burst_limit: rate },
    ...measured,
    ...own,
  });
}

export const subjects = {
  hoglet: async (token, measured) => {
    const { client } = await imports.hoglet();
    client.init(token, { ...settings, ...measured, load: 'manual', batch_interval: SEND_INTERVAL_MS });
    await client.load();
    return client;
  },

  'posthog-js': (token, measured) => startPosthog('posthog-js', token, measured, {}),

  // Its newest defaults: among other things it then writes to storage every 250 ms, not at every event.
  'posthog-js-latest': (token, measured) => startPosthog('posthog-js', token, measured, { defaults: 'latest' }),

  'posthog-js-slim': (token, measured) => startPosthog('posthog-js-slim', token, measured, {}),

  // As it is by default: an event is stored and sent at once.
  snowplow: async (token) => {
    const { client } = await imports.snowplow();
    client.init(token);
    return client;
  },

  // The floor: what the engine needs to make the event's text, by the same clock.
  'json-stringify': async () => ({
    capture: (event, properties) => JSON.stringify({ event, properties }),
  }),

  // A page without any of them.
  nothing: async () => ({ capture() {} }),
};
