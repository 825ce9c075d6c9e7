import { script } from './script.js';

const everybody = [{ properties: [], rollout_percentage: 100 }];
const nobody = [{ properties: [], rollout_percentage: 0 }];
const person = (key, value) => [{ properties: [{ key, type: 'person', operator: 'exact', value }], rollout_percentage: 100 }];

/** The flags of the projects whose visitors the scripts are of: of each kind one. */
export const FLAGS = {
  on: {},
  off: { filters: { groups: nobody } },
  variant: {
    filters: {
      groups: everybody,
      multivariate: { variants: [{ key: 'blue', rollout_percentage: 100 }] },
      payloads: { blue: '{"color":"blue"}' },
    },
  },
  pro: { filters: { groups: person('plan', 'pro'), payloads: { true: '"welcome"' } } },
};

/**
 * A script of a visitor for whose project flags are defined and who has got them, which is the first step.
 *
 * @param {string} name
 * @param {object | Function} settings as of an arrival
 * @param {...Function} actions run in the page with the SDK, a step each
 */
export function flagged(name, settings, ...actions) {
  return script(`flags: ${name}`, async (visitor) => {
    await visitor.defines(FLAGS);
    await visitor.arrives({ flags: true, settings });
    await visitor.does(() => {});
    for (const action of actions) await visitor.does(action);
  });
}

/** A script of several visits for whose project flags are defined. */
export function flaggedVisits(name, run) {
  return script(`flags: ${name}`, async (visitor) => {
    await visitor.defines(FLAGS);
    await run(visitor);
  });
}

/** A step that forgets the visitor, of whom the next session is. */
export function reset(sdk) {
  sdk.reset();
  sdk.get_session_id();
}

/** An answer of the server, in today's format, as a collector's rule has it. */
export function answer(flags, more) {
  const details = Object.entries(flags).map(([key, detail]) => [key, { key, enabled: true, ...detail }]);
  const body = { flags: Object.fromEntries(details), errorsWhileComputingFlags: false, requestId: 'the-request', ...more };
  return { body: JSON.stringify({ evaluatedAt: 1_700_000_000_000, ...body }) };
}
