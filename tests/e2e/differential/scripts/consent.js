import { onePage, script } from './script.js';

const BY_DEFAULT_OUT = { opt_out_capturing_by_default: true };

/** All that can be asked about consent. */
const ASKED = `[
  sdk.has_opted_in_capturing(), sdk.has_opted_out_capturing(), sdk.get_explicit_consent_status(), sdk.is_capturing()
]`;

/** A step that does something about consent, captures, and asks. */
function then(text) {
  return `(sdk) => { const returned = ${text}; return [returned, sdk.capture('seen')?.event, ${ASKED}] }`;
}

/** A script of such steps, the visitor coming again after all of them. */
function consenting(name, settings, ...steps) {
  return script(name, async (visitor) => {
    await visitor.arrives({ settings });
    for (const step of steps) await visitor.does(then(step));
    await visitor.arrives({ settings });
    await visitor.does(then('undefined'));
  });
}

function stored(name, value, settings) {
  return script(name, async (visitor) => {
    await visitor.arrives({
      settings,
      before: `(token) => localStorage.setItem('__ph_opt_in_out_' + token, ${JSON.stringify(value)})`,
    });
    await visitor.does(then('undefined'));
  });
}

/** Whether a visitor lets events be captured. */
export const consent = [
  consenting('nothing is said', {}, 'undefined'),
  consenting('opting out', {}, 'undefined', 'sdk.opt_out_capturing()'),
  consenting('opting in', {}, 'sdk.opt_in_capturing()', 'sdk.opt_in_capturing()'),
  consenting('opting out and in again', {}, 'sdk.opt_out_capturing()', 'sdk.opt_in_capturing()'),
  consenting('opting out, and the choice is forgotten', {}, 'sdk.opt_out_capturing()', 'sdk.clear_opt_in_out_capturing()'),
  consenting('out by default', BY_DEFAULT_OUT, 'sdk.identify("ada")', 'sdk.register({ theme: "dark" })'),
  consenting('out by default, opting in', BY_DEFAULT_OUT, 'undefined', 'sdk.opt_in_capturing()'),
  consenting('out by default, opting out', BY_DEFAULT_OUT, 'sdk.opt_out_capturing()'),
  consenting('out by default, in, and the choice is forgotten', BY_DEFAULT_OUT, 'sdk.opt_in_capturing()', 'sdk.clear_opt_in_out_capturing()'),
  consenting('nothing kept by default', { ...BY_DEFAULT_OUT, opt_out_persistence_by_default: true }, 'undefined', 'sdk.opt_in_capturing()'),
  consenting('all kept by default', { ...BY_DEFAULT_OUT, opt_out_persistence_by_default: false }, 'undefined'),
  consenting('opting out where nothing is then kept', { opt_out_persistence_by_default: true }, 'sdk.opt_out_capturing()', 'sdk.opt_in_capturing()'),
  consenting('the choice in a cookie', { opt_out_capturing_persistence_type: 'cookie' }, 'sdk.opt_in_capturing()', 'sdk.opt_out_capturing()'),
  consenting('the choice under a name', { consent_persistence_name: 'choice' }, 'sdk.opt_in_capturing()', 'sdk.opt_out_capturing()'),
  consenting('the choice under a prefix', { opt_out_capturing_cookie_prefix: 'choice_' }, 'sdk.opt_in_capturing()'),
  consenting('opting in without an event', {}, 'sdk.opt_in_capturing({ captureEventName: false })', 'sdk.opt_in_capturing()'),
  consenting('opting in with null for an event', {}, 'sdk.opt_in_capturing({ captureEventName: null })'),
  consenting('opting in with an event of its own', BY_DEFAULT_OUT, 'sdk.opt_in_capturing({ captureEventName: "yes", captureProperties: { by: "banner" } })'),

  stored('a choice stored as yes', 'yes', BY_DEFAULT_OUT),
  stored('a choice stored as no', 'no'),
  stored('a choice stored as something else', 'perhaps'),

  script('do not track', async (visitor) => {
    const before = () => Object.defineProperty(navigator, 'doNotTrack', { value: '1' });
    await visitor.arrives({ before, settings: { respect_dnt: true } });
    await visitor.does(then('sdk.opt_in_capturing()'));
    await visitor.arrives({ before });
    await visitor.does(then('undefined'));
  }),

  script('the choice moves from localStorage to a cookie', async (visitor) => {
    await visitor.arrives();
    await visitor.does(then('sdk.opt_out_capturing()'));
    await visitor.arrives({ settings: { opt_out_capturing_persistence_type: 'cookie' } });
    await visitor.does(then('undefined'));
  }),

  script('opting out in another tab', async (visitor) => {
    await visitor.arrives();
    await visitor.does(then('undefined'));
    await visitor.arrives({ tab: 1 });
    await visitor.does(then('sdk.opt_out_capturing()'));
    await visitor.switchesTo(0);
    await visitor.does(then('undefined'));
  }),

  consenting('reset after opting out', {}, 'sdk.opt_out_capturing()', 'sdk.reset()'),
  consenting('reset after opting in', BY_DEFAULT_OUT, 'sdk.opt_in_capturing()', 'sdk.reset()'),
];

/** Steps of somebody of whom nothing is to be kept. */
function cookieless(name, cookieless_mode, ...steps) {
  return script(name, async (visitor) => {
    const settings = { cookieless_mode };
    await visitor.arrives({ settings });
    for (const step of steps) {
      await visitor.does(then(step));
      await visitor.does(`(sdk) => [
        sdk.get_distinct_id(), sdk.get_property('$device_id'), sdk.get_session_id(), sdk.get_property('theme')
      ]`);
    }
    await visitor.arrives({ settings });
    await visitor.does(then('undefined'));
  });
}

export const withoutCookies = [
  cookieless('never a cookie', 'always', 'sdk.register({ theme: "dark" })'),
  cookieless('never a cookie, identified', 'always', 'sdk.identify("ada", { plan: "pro" })', 'sdk.reset()'),
  cookieless('never a cookie, in a group', 'always', 'sdk.group("company", "acorn")'),
  cookieless('never a cookie, opting in and out', 'always', 'sdk.opt_in_capturing()', 'sdk.opt_out_capturing()'),
  cookieless('no cookie before consent', 'on_reject', 'sdk.identify("ada")', 'sdk.register({ theme: "dark" })'),
  cookieless('no cookie without consent', 'on_reject', 'sdk.opt_out_capturing()', 'sdk.identify("ada")'),
  cookieless('a cookie with consent', 'on_reject', 'sdk.opt_in_capturing()', 'sdk.identify("ada")'),
  cookieless('a cookie after all', 'on_reject', 'sdk.opt_out_capturing()', 'sdk.opt_in_capturing()'),
  cookieless('no cookie any more', 'on_reject', 'sdk.opt_in_capturing()', 'sdk.register({ theme: "dark" })', 'sdk.opt_out_capturing()'),
  cookieless('the choice is forgotten', 'on_reject', 'sdk.opt_in_capturing()', 'sdk.clear_opt_in_out_capturing()'),
  onePage('no address of a session where there is none', (sdk) => [sdk.get_session_replay_url(), sdk.get_session_id()], {
    cookieless_mode: 'always',
  }),
];
