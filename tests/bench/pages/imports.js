/**
 * How each SDK comes to a page: the import that an app has, and what it needs to begin. Each gives a client with `init` and
 * `capture`, and the settings that it cannot do without.
 */

export const imports = {
  hoglet: async () => {
    const { default: client } = await import('/hoglet/index.js');
    return { client, settings: {} };
  },

  'posthog-js': async () => {
    const { default: client } = await import('/static/module.js');
    return { client, settings: {} };
  },

  'posthog-js-slim': async () => {
    const { default: client, extensions } = await import('/peers/posthog-js-slim.js');
    return { client, settings: { __extensionClasses: extensions } };
  },

  snowplow: async () => {
    const { newTracker, trackSelfDescribingEvent } = await import('/peers/snowplow.js');
    const client = {
      /** @param {string} appId */
      init: (appId) => newTracker('measured', location.origin, { appId, postPath: '/s/' }),
      /** @param {string} event @param {object} data */
      capture: (event, data) =>
        trackSelfDescribingEvent({ event: { schema: `iglu:com.example/${event}/jsonschema/1-0-0`, data } }),
    };
    return { client, settings: {} };
  },

  // A page without any of them.
  nothing: async () => ({ client: { init() {}, capture() {} }, settings: {} }),
};
