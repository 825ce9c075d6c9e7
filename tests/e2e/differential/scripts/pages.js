import { onePage, script } from './script.js';

const PAGEVIEWS = { capture_pageview: true };

/** Runs in the page: waits so long that both SDKs have taken a page's title. */
const settle = 'new Promise((resolve) => setTimeout(resolve, 700))';

/** Pageviews, and exceptions that the app captures. */
export const pages = [
  script('the first pageview', async (visitor) => {
    await visitor.arrives({ address: '?utm_source=news#part', settings: PAGEVIEWS });
    await visitor.does(`async () => { await ${settle}; }`);
    await visitor.does((sdk) => {
      sdk.capture('seen');
      return [sdk.getPageViewId() !== undefined];
    });
  }),
  script('pageviews of an app', async (visitor) => {
    await visitor.arrives({ settings: { capture_pageview: 'history_change' } });
    await visitor.does(`async (sdk) => {
      await ${settle};
      for (const [method, path] of [['pushState', '/a'], ['pushState', '/a?x=1'], ['replaceState', '/b#c'], ['pushState', '/b']]) {
        history[method]({}, '', path);
        document.title = path;
        await ${settle};
      }
      sdk.capture('seen');
    }`);
  }),
  onePage('pageviews that the app captures', (sdk) => {
    sdk.capture('$pageview');
    sdk.capture('$pageview', { $current_url: 'https://app.example/x', title: 'mine' });
    sdk.capture('seen');
    sdk.capture('$pageleave');
  }),
  onePage('exceptions of all kinds', (sdk) => {
    const told = (thrown, properties) => Boolean(sdk.captureException(thrown, properties));
    return [
      told('a text'),
      told('TypeError: a text with a type'),
      told({ message: 'an object', code: 7 }),
      told(undefined),
      told(null),
      told(7),
      told(new DOMException('gone', 'AbortError'), { mine: true }),
    ];
  }),
];
