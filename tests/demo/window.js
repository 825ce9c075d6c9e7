/**
 * Makes the browser's window as large as a laptop's, for pictures that one can show. The end-to-end tests need no size,
 * so their driver has no word for it; WebDriver has.
 *
 * @param {import('../drivers/webdriver.js').WebDriverTab} tab any one of the window's
 */
export async function enlargeWindow(tab) {
  await tab.browser.inWindow(tab.handle, (session) => session.manage().window().setRect({ width: 1400, height: 1000 }));
}
