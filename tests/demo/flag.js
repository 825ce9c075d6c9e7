/** A feature flag, switched while the shop is open. */

const TOKEN = 'phc_underhedge_demo';
const KEY = 'moonlight-offer';

/**
 * @param {import('../drivers/index.js').Browser} browser
 * @param {string} demo the shop's address
 * @param {import('../support/collector.js').Collector} collector
 * @param {string} picture where to put a screenshot
 * @returns {Promise<{ problems: string[], told: string }>} what is wrong, and what was seen
 */
export async function switchFlag(browser, demo, collector, picture) {
  const definition = (await collector.flags(TOKEN)).find(({ key }) => key === KEY);
  if (!definition) return { problems: [`the demo has no flag ${KEY} from the start`], told: '' };
  const turn = (active) => collector.defineFlag(TOKEN, KEY, { ...definition, active });
  await turn(false);

  const tab = await browser.newTab();
  await tab.go(`${demo}/`);
  await tab.click('#browse');
  await tab.waitFor(async () => (await import('hoglet')).default.featureFlags.hasLoadedFlags);
  const problems = (await isShown(tab)) ? [`the shop shows the offer though ${KEY} is off`] : [];
  const page = await tab.evaluate(() => performance.timeOrigin);

  await turn(true);
  const on = await secondsUntil(() => tab.waitForElement('#offer:not([hidden]) a'));
  const text = await tab.evaluate(() => document.querySelector('#offer').textContent);
  await tab.screenshot(picture);
  await turn(false);
  const off = await secondsUntil(() => tab.waitForElement('#offer[hidden]'));
  if ((await tab.evaluate(() => performance.timeOrigin)) !== page) problems.push('the shop was loaded again meanwhile');
  const told =
    `${KEY}: off, and the open shop shows no offer; switched on, it shows “${text}” after ${on} s; ` +
    `switched off, no offer after ${off} s; without a reload`;
  return { problems, told };
}

async function isShown(tab) {
  return tab.evaluate(() => !document.querySelector('#offer').hidden);
}

async function secondsUntil(wait) {
  const start = performance.now();
  await wait();
  return ((performance.now() - start) / 1000).toFixed(1);
}
