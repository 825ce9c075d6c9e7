import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { endTree, removeFolder, start, temporaryFolder } from './processes.js';
import { WebDriverBrowser, WebDriverTab, startDriver } from './webdriver.js';

/**
 * WebKitGTK's MiniBrowser, through WebKitWebDriver, on a display of its own. It has no headless
 * mode. Under automation it keeps nothing on disk, so a profile cannot outlive it.
 */
export async function openWebKit() {
  const home = temporaryFolder('webkit');
  const display = await startDisplay();
  const cleanUp = async () => {
    await endTree(display.child);
    removeFolder(home);
  };
  const server = await startDriver('WebKitWebDriver', environment(display.name, home));
  return WebDriverBrowser.open({
    engine: 'webkit',
    can: { keepProfile: false, killRenderer: false, setOffline: false, throttleCpu: false, inspect: false, intercept: false },
    server,
    capabilities: {
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': {
        binary: miniBrowserPath(),
        args: ['--automation'],
      },
    },
    Tab: WebKitTab,
    openWindow,
    cleanUp,
  });
}

function environment(display, home) {
  return {
    DISPLAY: display,
    GDK_BACKEND: 'x11',
    // Nothing of the user's, and nothing left behind.
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    // There is neither an accessibility bus nor a graphics card under Xvfb.
    NO_AT_BRIDGE: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
    // It would still be written to when the browser has ended.
    MESA_SHADER_CACHE_DISABLE: 'true',
    // The sandbox needs user namespaces, which root in a container does not get. All that is
    // ever opened here are our own pages.
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  };
}

/** A window rather than a tab: a tab behind another is hidden for good, and cannot be photographed. */
async function openWindow(session) {
  // A window is opened from a window, and the current one may have been closed.
  const [any] = await session.getAllWindowHandles();
  await session.switchTo().window(any);
  await session.switchTo().newWindow('window');
  return session.getWindowHandle();
}

/** Starts an X server without a screen on the first free display. */
async function startDisplay() {
  const child = start('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
  const number = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(text.trim()));
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Xvfb ended at once:\n${child.output()}`)));
  });
  return { child, name: `:${number}` };
}

/** The path of MiniBrowser, which is in no PATH: its folder is named after the library's ABI. */
function miniBrowserPath() {
  const libraries = ['/usr/lib', '/usr/libexec', ...folders('/usr/lib', /-linux-gnu$/)];
  const path = libraries
    .flatMap((library) => folders(library, /^webkit2gtk-4\.1$/))
    .map((folder) => join(folder, 'MiniBrowser'))
    .find((path) => existsSync(path));
  if (!path) throw new Error('WebKitGTK\'s MiniBrowser is not installed (Debian: webkit2gtk-driver)');
  return path;
}

function folders(parent, pattern) {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => pattern.test(name))
    .map((name) => join(parent, name));
}

const KEPT_MESSAGES = "window[Symbol.for('hoglet tests: console')]";
const COLLECT_MESSAGES = readFileSync(new URL('collect-console.js', import.meta.url), 'utf8');

/**
 * WebKitWebDriver reports no console messages, and MiniBrowser writes none under automation: a
 * script in the page keeps them (collect-console.js). They are fetched before the driver leaves
 * a page; those of a page that leaves by itself, after a click, are lost.
 */
class WebKitTab extends WebDriverTab {
  #messages = [];

  async go(url) {
    await this.#leave(() => super.go(url));
  }

  async reload() {
    await this.#leave(() => super.reload());
  }

  async back() {
    await this.#leave(() => super.back());
  }

  async screenshot(path) {
    // The picture is of what is painted, which may be nothing yet.
    await this.evaluate(
      () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => painted()))),
    );
    await super.screenshot(path);
  }

  async console() {
    return [...this.#messages, ...(await this.evaluate(`${KEPT_MESSAGES} ?? []`))];
  }

  async #leave(navigate) {
    this.#messages = await this.console();
    await navigate();
    await this.evaluate(`(() => { ${COLLECT_MESSAGES} })()`);
  }
}
