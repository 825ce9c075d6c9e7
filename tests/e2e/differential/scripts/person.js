import { onePage, script } from './script.js';

/** What is known of the person and the groups. */
export const person = [
  onePage('person properties', (sdk) => {
    const returned = sdk.setPersonProperties({ plan: 'pro' }, { first: 1 });
    sdk.capture('after');
    return returned;
  }),

  onePage('person properties once', (sdk) => sdk.setPersonProperties(undefined, { first: 1 })),

  onePage('person properties that are none', (sdk) => {
    sdk.setPersonProperties();
    sdk.setPersonProperties(null, undefined);
    sdk.capture('after');
  }),

  onePage('the same person properties again', (sdk) => {
    sdk.setPersonProperties({ plan: 'pro' });
    sdk.setPersonProperties({ plan: 'pro' });
    sdk.setPersonProperties({ plan: 'free' });
    sdk.setPersonProperties({ plan: 'pro' });
    sdk.setPersonProperties({ plan: 'pro' }, { plan: 'pro' });
    sdk.setPersonProperties({ plan: 'pro' }, { plan: 'pro' });
  }),

  onePage('the same person properties for another person', (sdk) => {
    sdk.setPersonProperties({ plan: 'pro' });
    sdk.identify('ada');
    sdk.setPersonProperties({ plan: 'pro' });
    sdk.reset();
    sdk.setPersonProperties({ plan: 'pro' });
  }),

  script('the same person properties on the next page', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => sdk.setPersonProperties({ plan: 'pro' }));
    await visitor.arrives();
    await visitor.does((sdk) => sdk.setPersonProperties({ plan: 'pro' }));
  }),

  onePage('person properties are taken away', (sdk) => {
    sdk.setPersonProperties({ plan: 'pro', size: 1 });
    const returned = sdk.unsetPersonProperties('plan');
    sdk.unsetPersonProperties(['size', '', 7, 'other']);
    sdk.unsetPersonProperties([]);
    sdk.setPersonProperties({ plan: 'pro', size: 1 });
    return returned;
  }),

  onePage('people.set and people.set_once', (sdk) => {
    const answers = [];
    sdk.people.set('plan', 'pro', (answer) => answers.push(answer));
    sdk.people.set({ size: 1 });
    sdk.people.set_once('first', 1);
    sdk.people.set_once({ second: 2 }, (answer) => answers.push(answer));
    return answers;
  }),

  onePage('a person is asked for', (sdk) => {
    sdk.capture('before');
    sdk.createPersonProfile();
    sdk.createPersonProfile();
    sdk.capture('after');
  }),

  onePage('a person is asked for where all are persons', (sdk) => sdk.createPersonProfile(), {
    person_profiles: 'always',
  }),

  onePage('a test user', (sdk) => {
    sdk.setInternalOrTestUser();
    sdk.capture('after');
  }),

  onePage('nobody is to be a person', (sdk) => {
    sdk.setPersonProperties({ plan: 'pro' });
    sdk.unsetPersonProperties('plan');
    sdk.people.set('plan', 'pro');
    sdk.createPersonProfile();
    sdk.setInternalOrTestUser();
    sdk.group('company', 'acorn', { size: 1 });
    sdk.capture('after', {}, { $set: { plan: 'pro' } });
    return sdk.getGroups();
  }, { person_profiles: 'never' }),

  onePage('a group', (sdk) => {
    const returned = sdk.group('company', 'acorn');
    sdk.capture('after');
    return [returned, sdk.getGroups()];
  }),

  onePage('a group again, with properties, and another', (sdk) => {
    sdk.group('company', 'acorn', { size: 1 });
    sdk.group('company', 'acorn');
    sdk.group('company', 'acorn', { size: 2 });
    sdk.group('company', 'beech');
    sdk.group('team', 'oak');
    sdk.capture('after');
    return sdk.getGroups();
  }, { person_profiles: 'always' }),

  onePage('a group without a type or a key', (sdk) => {
    sdk.group('', 'acorn');
    sdk.group('company', '');
    sdk.group('company');
    sdk.capture('after');
    return sdk.getGroups();
  }),

  onePage('a group whose key is a number', (sdk) => {
    sdk.group('company', 7);
    sdk.group('company', 7);
    sdk.capture('after');
    return sdk.getGroups();
  }),

  onePage('groups are forgotten', (sdk) => {
    sdk.group('company', 'acorn');
    sdk.resetGroups();
    sdk.capture('after');
    const groups = sdk.getGroups();
    sdk.group('company', 'acorn');
    return groups;
  }),

  onePage("an event's own groups", (sdk) => {
    sdk.group('company', 'acorn');
    sdk.capture('in one more', { $groups: { team: 'oak' } });
    sdk.capture('in another', { $groups: { company: 'beech' } });
    sdk.capture('in none', { $groups: {} });
    return sdk.getGroups();
  }),

  script('groups stay', async (visitor) => {
    await visitor.arrives();
    await visitor.does((sdk) => sdk.group('company', 'acorn', { size: 1 }));
    await visitor.arrives();
    await visitor.does((sdk) => {
      sdk.group('company', 'acorn');
      sdk.capture('after');
      return sdk.getGroups();
    });
  }),
];
