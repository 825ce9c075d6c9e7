import { onePage, script } from './script.js';

function remember(sdk) {
  sdk.register({ theme: 'dark', cart: { size: 3 } });
  sdk.register_for_session({ step: 1 });
  sdk.capture('anonymous');
  sdk.identify('ada', { plan: 'pro' });
  sdk.group('company', 'acorn');
  sdk.capture('first');
  return [sdk.get_distinct_id(), sdk.get_session_id()];
}

function recall(sdk) {
  const event = sdk.capture('second');
  return [event?.distinct_id, sdk.get_distinct_id(), sdk.get_property('theme'), sdk.getSessionProperty('step'), sdk.getGroups()];
}

/** A script in which a visitor is remembered by the settings of the first page, and known by those of the second. */
function remembered(name, settings, then = settings) {
  return script(name, async (visitor) => {
    await visitor.arrives({ settings });
    await visitor.does(remember);
    await visitor.arrives({ settings: then });
    await visitor.does(recall);
  });
}

/** A script in which the settings change on the page. */
function changed(name, settings, change) {
  return script(name, async (visitor) => {
    await visitor.arrives({ settings });
    await visitor.does(remember);
    await visitor.does((sdk, change) => sdk.set_config(change), change);
    await visitor.does(recall);
  });
}

/** A script in which something is stored before the SDK is there. */
function found(name, before) {
  return script(name, async (visitor) => {
    await visitor.arrives();
    await visitor.does(remember);
    await visitor.arrives({ before });
    await visitor.does(recall);
  });
}

/** Where what is known of a visitor is kept. */
export const persistence = [
  remembered('kept in localStorage and a cookie', { persistence: 'localStorage+cookie' }),
  remembered('kept in localStorage', { persistence: 'localStorage' }),
  remembered('kept in a cookie', { persistence: 'cookie' }),
  remembered('kept in sessionStorage', { persistence: 'sessionStorage' }),
  remembered('kept in memory', { persistence: 'memory' }),
  remembered('kept where the name is written otherwise', { persistence: 'LOCALSTORAGE' }),
  remembered('kept under another name', { persistence_name: 'shop' }),
  remembered('kept nowhere', { disable_persistence: true }),
  remembered('kept nowhere any more', {}, { disable_persistence: true }),
  remembered('kept in the cookie too', { cookie_persisted_properties: ['theme', 'cart', 'other'] }),
  remembered('kept first in localStorage and a cookie, then in a cookie', {}, { persistence: 'cookie' }),
  remembered('kept first in a cookie, then in localStorage and a cookie', { persistence: 'cookie' }, {}),
  remembered('kept first in localStorage, then in sessionStorage', { persistence: 'localStorage' }, {
    persistence: 'sessionStorage',
  }),
  remembered('kept first in localStorage and a cookie, then in memory', {}, { persistence: 'memory' }),
  changed('from localStorage and a cookie to a cookie', {}, { persistence: 'cookie' }),
  changed('from a cookie to localStorage', { persistence: 'cookie' }, { persistence: 'localStorage' }),
  changed('from localStorage to memory', { persistence: 'localStorage' }, { persistence: 'memory' }),
  changed('from memory to localStorage and a cookie', { persistence: 'memory' }, { persistence: 'localStorage+cookie' }),
  changed('from localStorage and a cookie to sessionStorage', {}, { persistence: 'sessionStorage' }),
  changed('to nowhere', {}, { disable_persistence: true }),

  script('a token with odd characters', async (visitor) => {
    await visitor.arrives({ token: `${visitor.token}+a/b=` });
    await visitor.does(remember);
    await visitor.arrives({ token: `${visitor.token}+a/b=` });
    await visitor.does(recall);
  }),

  script('a token with blanks around it', async (visitor) => {
    await visitor.arrives({ token: ` ${visitor.token} ` });
    await visitor.does(remember);
  }),

  found('localStorage was cleared', (token) => localStorage.removeItem(`ph_${token}_posthog`)),
  found('the cookie was removed', (token) => {
    document.cookie = `ph_${token}_posthog=; max-age=0; path=/`;
  }),
  found('the cookie is of somebody else', (token) => {
    const props = { distinct_id: 'bob', $device_id: 'device of bob', $user_state: 'identified' };
    document.cookie = `ph_${token}_posthog=${encodeURIComponent(JSON.stringify(props))}; path=/`;
  }),
  found('localStorage is no JSON', (token) => localStorage.setItem(`ph_${token}_posthog`, '{"distinct_id":"b')),
  found('localStorage and the cookie are no JSON', (token) => {
    localStorage.setItem(`ph_${token}_posthog`, 'undefined');
    document.cookie = `ph_${token}_posthog=%7B%22; path=/`;
  }),

  onePage('all that is kept is the app\'s to see', (sdk) => {
    sdk.register({ theme: 'dark' });
    sdk.capture('seen');
    return [sdk.persistence.props.theme, sdk.persistence.props.distinct_id === sdk.get_distinct_id()];
  }),
];
