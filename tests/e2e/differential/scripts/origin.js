import { onePage, script } from './script.js';

const CAMPAIGN = '?utm_source=news&utm_medium=mail&utm_campaign=&gclid=g1&fbclid=f1&partner=acorn&ref=me#part';

/** A script in which a visitor comes by an address and is identified on the next page. */
function coming(name, arrival, settings) {
  return script(name, async (visitor) => {
    await visitor.arrives({ ...arrival, settings });
    await visitor.does((sdk) => sdk.capture('first'));
    await visitor.arrives({ address: '?page=2', referrer: 'http://127.0.0.1/either.html', settings });
    await visitor.does((sdk) => {
      sdk.capture('second');
      sdk.identify('ada', undefined, { $initial_current_url: 'mine' });
      return ['utm_source', 'gclid', 'partner', '$referrer', '$search_engine'].map((key) => sdk.getSessionProperty(key));
    });
  });
}

/** Where a visitor comes from. */
export const origin = [
  coming('directly'),
  coming('by a campaign', { address: CAMPAIGN }),
  coming('by a campaign with parameters of its own', { address: CAMPAIGN }, { custom_campaign_params: ['partner'] }),
  coming('by a campaign that is not to be kept', { address: CAMPAIGN }, { save_campaign_params: false }),
  coming('by a link that is not to be kept', { referrer: 'https://blog.example/post' }, { save_referrer: false }),
  coming('by anything that is not to be kept', { address: CAMPAIGN, referrer: 'https://blog.example/' }, {
    save_campaign_params: false,
    save_referrer: false,
  }),
  coming('by a link', { referrer: 'https://blog.example/post?by=me#comments' }),
  coming('by a search', { referrer: 'https://www.google.com/search?q=acorns+online' }),
  coming('by a search with a keyword of another name', { referrer: 'https://search.yahoo.com/search?p=acorns' }),
  coming('by a search without a keyword', { referrer: 'https://duckduckgo.com/' }),
  coming('with personal data in the address', { address: `${CAMPAIGN}&email=me` }, {
    mask_personal_data_properties: true,
    custom_personal_data_properties: ['email'],
    redact: false,
  }),
  coming('with a hash that is not to be kept', { address: '?a=1#secret' }, { disable_capture_url_hashes: true }),
  coming('with a person', { address: CAMPAIGN, referrer: 'https://blog.example/post' }, { person_profiles: 'always' }),
  coming('by a long address', { address: `?utm_source=x&long=${'ä'.repeat(700)}` }),

  coming('with an id of a campaign in a cookie', {
    before: () => {
      document.cookie = 'li_fat_id=l1; path=/';
    },
    address: '?utm_source=x',
  }),

  script('by one campaign after another', async (visitor) => {
    await visitor.arrives({ address: '?utm_source=one&utm_term=t' });
    await visitor.does((sdk) => sdk.capture('first'));
    await visitor.arrives({ address: '?utm_source=two' });
    await visitor.does((sdk) => sdk.capture('second'));
  }),

  onePage('a referrer of the app', (sdk) => {
    sdk.register({ $referrer: 'https://mine.example/' });
    sdk.capture('first');
    sdk.register({ $referring_domain: 'mine.example' });
    sdk.capture('second');
  }),

  onePage('an address that changes', (sdk) => {
    sdk.capture('first');
    history.pushState(null, '', '?utm_source=inside');
    sdk.capture('second');
    sdk.identify('ada');
  }),

  script('what was stored of the first visit is kept', async (visitor) => {
    await visitor.arrives({
      before: (token) =>
        localStorage.setItem(
          `ph_${token}_posthog`,
          JSON.stringify({
            distinct_id: 'somebody',
            $device_id: 'somebody',
            $user_state: 'anonymous',
            $initial_person_info: { r: 'https://long.ago/', u: 'https://shop.example/?utm_source=old' },
          }),
        ),
    });
    await visitor.does((sdk) => sdk.identify('ada'));
  }),

  script('what was stored of the first visit in the former way', async (visitor) => {
    await visitor.arrives({
      address: '?utm_source=new',
      before: (token) =>
        localStorage.setItem(
          `ph_${token}_posthog`,
          JSON.stringify({
            distinct_id: 'somebody',
            $device_id: 'somebody',
            $initial_referrer_info: { referrer: 'https://long.ago/', referring_domain: 'long.ago' },
            $initial_campaign_params: { utm_source: 'old' },
          }),
        ),
    });
    await visitor.does((sdk) => sdk.identify('ada'));
  }),
];
