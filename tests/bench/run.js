/** `cargo xtask bench`: what hoglet costs a page, beside posthog-js, in one browser. */

import { open } from '../drivers/index.js';
import { measure } from './measure.js';
import { machine } from './machine.js';
import { writeReadme } from './readme.js';
import { json, markdown, table } from './report.js';
import { startSite } from './site.js';
import { writeFigures } from './figures.js';

const site = await startSite();
const browser = await open('chromium');
try {
  const results = await measure(browser, site);
} finally {
  await browser.close();
  await site.stop();
}
