import { onePage, script } from './script.js';

/** Moves the stored session back by some minutes, its start included. */
const earlier = (minutes) => `(token) => edit('ph_' + token + '_posthog', (props) => props.$sesid
  ? { ...props, $sesid: [props.$sesid[0] - ${minutes} * 60000, props.$sesid[1], props.$sesid[2] - ${minutes} * 60000] }
  : props)`;

/** Moves only its start back. */
const begunEarlier = (minutes) => `(token) => edit('ph_' + token + '_posthog', (props) => props.$sesid
  ? { ...props, $sesid: [props.$sesid[0], props.$sesid[1], props.$sesid[2] - ${minutes} * 60000] }
  : props)`;

/** A script in which a visitor comes back, and time has passed or something else has happened to what is stored. */
function back(name, before, settings) {
  return script(name, async (visitor) => {
    await visitor.arrives({ settings, address: '?first', referrer: 'https://blog.example/' });
    await visitor.does((sdk) => {
      sdk.register_for_session({ step: 1 });
      sdk.capture('first');
      return sdk.get_session_id();
    });
    await visitor.arrives({ settings, before, address: '?second' });
    await visitor.does((sdk) => {
      const id = sdk.get_session_id();
      sdk.capture('second');
      return [id, sdk.get_session_id(), sdk.getSessionProperty('step')];
    });
  });
}

/** Sessions and windows. */
export const sessions = [
  back('the session goes on', undefined),
  back('the session goes on after some minutes', earlier(20)),
  back('the session ends when nothing happens', earlier(40)),
  back('the session ends sooner if so set', earlier(5), { session_idle_timeout_seconds: 120 }),
  back('the session ends within the limits', earlier(5), { session_idle_timeout_seconds: 1 }),
  back('the session ends after a day', begunEarlier(25 * 60)),
  back('the session is from the future', earlier(-40)),
  back('the session has no start', (token) =>
    edit(`ph_${token}_posthog`, (props) => (props.$sesid ? { ...props, $sesid: props.$sesid.slice(0, 2) } : props)),
  ),
  back('the session is something else', (token) =>
    edit(`ph_${token}_posthog`, (props) => (props.$sesid ? { ...props, $sesid: 'text' } : props)),
  ),

  script('two tabs', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => {
      sdk.capture('in the first');
      return sdk.get_session_id();
    });
    await visitor.arrives({ tab: 1, address: '?second' });
    await visitor.does((sdk) => {
      sdk.register_for_session({ step: 1 });
      sdk.capture('in the second');
      return sdk.get_session_id();
    });
    await visitor.switchesTo(0);
    await visitor.does((sdk) => {
      sdk.capture('in the first again');
      return [sdk.get_session_id(), sdk.getSessionProperty('step')];
    });
  }),

  script('a tab that was duplicated', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => sdk.capture('first'));
    await visitor.arrives({ before: (token) => sessionStorage.setItem(`ph_${token}_primary_window_exists`, 'true') });
    await visitor.does((sdk) => sdk.capture('second'));
  }),

  onePage('asking for the session', (sdk) => {
    const before = sdk.get_session_id();
    sdk.capture('seen');
    return [before, sdk.get_session_id(), sdk.get_session_replay_url(), sdk.get_session_replay_url({ withTimestamp: true })];
  }),

  onePage('the address of the session', (sdk) => sdk.get_session_replay_url(), { ui_host: 'https://eu.posthog.com' }),

  script('onSessionId', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => {
      window.calls = [];
      window.stop = sdk.onSessionId((...args) => window.calls.push(args));
    });
    await visitor.does((sdk) => {
      sdk.capture('first');
    });
    await visitor.does((sdk) => {
      sdk.reset();
      sdk.capture('second');
    });
    await visitor.does((sdk) => {
      window.stop();
      sdk.reset();
      sdk.capture('third');
    });
    await visitor.does(() => window.calls);
  }),

  onePage('a session of the app', (sdk) => {
    sdk.capture('first');
    return sdk.get_session_id();
  }, () => {
    const time = (Date.now() - 5000).toString(16).padStart(12, '0');
    return { bootstrap: { sessionID: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000` } };
  }),

  onePage('a session of the app that is none', (sdk) => {
    sdk.capture('first');
    return sdk.get_session_id() === 'mine';
  }, { bootstrap: { sessionID: 'mine' } }),
];
