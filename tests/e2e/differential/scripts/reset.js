import { onePage, script } from './script.js';

const busy = `
  sdk.register({ cart: 3 });
  sdk.register_for_session({ step: 2 });
  sdk.identify('ada', { plan: 'pro' });
  sdk.alias('other');
  sdk.group('company', 'acorn');
`;

/** A script in which a visitor of whom much is known is forgotten. */
function forgotten(name, ...options) {
  return script(name, async (visitor) => {
    await visitor.arrives();
    await visitor.does(`(sdk) => { ${busy} return [sdk.get_distinct_id(), sdk.get_session_id()] }`);
    await visitor.does((sdk, ...options) => {
      const returned = sdk.reset(...options);
      return [returned, sdk.get_distinct_id(), sdk.get_property('$device_id'), sdk.getGroups(), sdk.get_session_id()];
    }, ...options);
    await visitor.does((sdk) => {
      sdk.capture('after');
      return [sdk.get_distinct_id(), sdk.get_property('cart'), sdk.getSessionProperty('step'), sdk.get_session_id()];
    });
    await visitor.arrives();
    await visitor.does((sdk) => sdk.capture('on the next page'));
  });
}

/** A visitor is forgotten, and ids that the app brings along. */
export const reset = [
  forgotten('reset'),
  forgotten('reset with the device', true),
  forgotten('reset with the device, by name', { resetDeviceID: true }),
  forgotten('reset to an id', { bootstrap: { distinctID: 'bob', isIdentifiedID: true } }),
  forgotten('reset to an anonymous id', { bootstrap: { distinctID: 'somebody' } }),

  onePage('reset of somebody of whom nothing is known', (sdk) => {
    const before = sdk.get_distinct_id();
    sdk.reset();
    sdk.capture('after');
    return [before, sdk.get_distinct_id()];
  }),

  onePage('reset, then the same person', (sdk) => {
    sdk.identify('ada', { plan: 'pro' });
    sdk.reset();
    sdk.identify('ada', { plan: 'pro' });
    sdk.capture('after');
  }),

  script('reset in another tab', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => sdk.identify('ada'));
    await visitor.arrives({ tab: 1 });
    await visitor.does((sdk) => sdk.reset());
    await visitor.switchesTo(0);
    await visitor.does((sdk) => {
      sdk.capture('in the first tab');
      return sdk.get_distinct_id();
    });
  }),

  onePage('an anonymous id from the app', told, { bootstrap: { distinctID: 'somebody' } }),
  onePage('an id from the app', told, { bootstrap: { distinctID: 'ada', isIdentifiedID: true } }),
  broughtAlong('an id from the app joins who was anonymous', undefined, { distinctID: 'ada', isIdentifiedID: true }),
  broughtAlong('an id from the app for one who is known already', 'ada', { distinctID: 'ada', isIdentifiedID: true }),
  broughtAlong('an id from the app for another one', 'bob', { distinctID: 'ada', isIdentifiedID: true }),
  broughtAlong('an anonymous id from the app for one who was anonymous', undefined, { distinctID: 'somebody' }),
  broughtAlong('an anonymous id from the app for one who is known', 'bob', { distinctID: 'somebody' }),

  onePage(
    'reset of an id from the app',
    (sdk) => {
      sdk.capture('before');
      sdk.reset();
      sdk.capture('after');
      return [sdk.get_distinct_id() === 'ada', sdk.config.bootstrap];
    },
    { bootstrap: { distinctID: 'ada', isIdentifiedID: true } },
  ),

  onePage(
    'a device id from the app',
    (sdk) => {
      sdk.capture('first');
      sdk.reset();
      sdk.capture('second');
      sdk.reset(true);
      sdk.capture('third');
      return [sdk.get_distinct_id(), sdk.get_property('$device_id')];
    },
    () => {
      let count = 0;
      return { get_device_id: (id) => `device-${(count += 1)}-${id.length}` };
    },
  ),
];

function told(sdk) {
  sdk.capture('seen');
  sdk.identify('grace');
  sdk.capture('after');
  return [sdk.get_distinct_id(), sdk.get_property('$device_id'), sdk.get_property('$user_state')];
}

/** A script in which an app brings an id along for a visitor who has been here before. */
function broughtAlong(name, known, bootstrap) {
  return script(name, async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk, known) => {
      sdk.capture('before');
      if (known) sdk.identify(known);
    }, known);
    await visitor.arrives({ settings: { bootstrap } });
    await visitor.does((sdk) => {
      sdk.capture('after');
      return [sdk.get_distinct_id(), sdk.get_property('$device_id'), sdk.get_property('$user_state')];
    });
  });
}
