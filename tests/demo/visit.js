/**
 * One visit to the shop: browse, search, add to cart, log in, order, add once more and leave.
 *
 * @typedef {object} Expected an event that the visit must have made
 * @property {string} event
 * @property {string} path the page on which it was captured
 * @property {'anonymous' | 'user'} as whose distinct id it must carry
 * @property {Record<string, unknown>} [properties] which it must have, among others
 *
 * @typedef {{ anonymousId: string, email: string }} Visitor
 */

/**
 * @param {import('../drivers/index.js').Browser} browser
 * @param {string} demo the shop's address
 * @param {string} picture where to put a screenshot
 * @returns {Promise<{ visitor: Visitor, expected: Expected[], problems: string[] }>}
 */
export async function visit(browser, demo, picture) {
  const tab = await browser.newTab();
  const problems = [];
  /** @type {Expected[]} */
  const expected = [];
  let as = 'anonymous';
  const expect = (event, path, properties) => expected.push({ event, path, as, properties });
  const expectPage = (path, title) => expect('$pageview', path, { title });

  await tab.go(`${demo}/`);
  await tab.waitForElement('#browse');
  await tab.screenshot(picture);
  expectPage('/', 'Underhedge');
  problems.push(...(await fetchedTooEarly(tab)));

  await tab.click('#browse');
  await tab.waitForElement('.arrival[data-core="arrived"]');
  expectPage('/products', 'Goods · Underhedge');
  const anonymousId = await distinctId(tab);

  await tab.type('#words', 'amber');
  await tab.click('.search button');
  await tab.waitFor(() => location.search === '?q=amber');
  expect('products searched', '/products', { search_words: 'amber', results: 1 });

  await viewProduct(tab, 'firefly-lantern');
  expectPage('/product/firefly-lantern', 'Firefly lantern · Underhedge');
  expect('product viewed', '/product/firefly-lantern', { product: 'firefly-lantern' });
  await tab.click('#add-to-cart');
  expect('added to cart', '/product/firefly-lantern', { product: 'firefly-lantern', cart_size: 1 });

  await tab.click('.basket');
  expectPage('/cart', 'Cart · Underhedge');
  await tab.click('#to-checkout');
  expectPage('/login', 'Log in · Underhedge');

  // A person of its own for every run: the database outlives it.
  const email = `ada.lovelace+${anonymousId.slice(-8)}@example.com`;
  await tab.type('#login input[type="email"]', email);
  await tab.type('#login input[type="password"]', 'any will do');
  await tab.click('#login button');
  as = 'user';
  expect('$identify', '/login', { $anon_distinct_id: anonymousId });
  await tab.waitForElement('#checkout');
  expectPage('/checkout', 'Checkout · Underhedge');
  if ((await distinctId(tab)) !== email) problems.push('after login hoglet does not answer the user’s distinct id');

  await tab.type('#checkout textarea', 'The third hedge on the left');
  await tab.click('#checkout button');
  await tab.waitForElement('.thanks');
  expect('order placed', '/checkout', { total: 39, cart_size: 0 });
  expectPage('/account', 'Account · Underhedge');

  await tab.click('nav a[href="/products"]');
  expectPage('/products', 'Goods · Underhedge');
  await viewProduct(tab, 'moss-pillow');
  expectPage('/product/moss-pillow', 'Moss pillow · Underhedge');
  expect('product viewed', '/product/moss-pillow', { product: 'moss-pillow', cart_size: 0 });
  expect('added to cart', '/product/moss-pillow', { product: 'moss-pillow', cart_size: 1 });
  await addAndLeave(tab);
  return { visitor: { anonymousId, email }, expected, problems };
}

async function viewProduct(tab, slug) {
  await tab.click(`.card a[href="/product/${slug}"]`);
  await tab.waitForElement('#add-to-cart');
}

/** Captures and leaves in the same task: the event has no time to be sent before the page goes. */
async function addAndLeave(tab) {
  await tab.evaluate(() => {
    document.querySelector('#add-to-cart').click();
    location.href = 'about:blank';
  });
  await tab.waitFor(() => location.href === 'about:blank');
}

/** The distinct id that hoglet answers to the app. */
async function distinctId(tab) {
  return tab.evaluate(async () => (await import('hoglet')).default.get_distinct_id());
}

/** Nothing but the entry and what counts a bounce may be fetched, and nothing sent, before the visitor has touched the page. */
async function fetchedTooEarly(tab) {
  const names = await tab.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const fetched = names.filter((name) => new URL(name).pathname.startsWith('/hoglet/'));
  const entry = fetched.filter((name) => new URL(name).pathname === '/hoglet/index.js');
  return [
    ...(entry.length === 1 ? [] : [`the page fetched hoglet's entry ${entry.length} times`]),
    ...fetched.filter((name) => !entry.includes(name) && !name.endsWith('/hoglet/arriving.js')).map((name) => `${name} was fetched before the first interaction`),
  ];
}
