import { existsSync } from 'node:fs';

import { Devtools } from './devtools.js';
import { descendants, removeFolder, temporaryFolder } from './processes.js';
import { WebDriverBrowser, WebDriverTab, startDriver } from './webdriver.js';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  // /dev/shm is small in containers.
  '--disable-dev-shm-usage',
  '--window-size=1280,1024',
];

/** Chromium, through chromedriver; what WebDriver has no word for, through DevTools. */
export async function openChromium({ profile, extension } = {}) {
  const folder = profile ?? temporaryFolder('chromium');
  return WebDriverBrowser.open({
    engine: 'chromium',
    can: { keepProfile: true, killRenderer: true, setOffline: true, throttleCpu: true, inspect: true, intercept: true },
    server: await startDriver('chromedriver'),
    capabilities: {
      browserName: 'chrome',
      'goog:chromeOptions': {
        binary: chromiumPath(),
        args: [...FLAGS, ...(extension ? [`--load-extension=${extension}`] : []), `--user-data-dir=${folder}`],
      },
    },
    Tab: ChromiumTab,
    // WebDriver would open a window from the current one, whose renderer may have been killed.
    openWindow: async (_session, capabilities) => {
      const { debuggerAddress } = capabilities.get('goog:chromeOptions');
      const response = await fetch(`http://${debuggerAddress}/json/new?about:blank`, { method: 'PUT' });
      return (await response.json()).id;
    },
    cleanUp: async () => {
      if (!profile) removeFolder(folder);
    },
  });
}

function chromiumPath() {
  const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const path = paths.find((path) => existsSync(path));
  if (!path) throw new Error(`no Chromium is installed: none of ${paths.join(', ')} is there`);
  return path;
}

class ChromiumTab extends WebDriverTab {
  #devtools;
  #messages = [];

  async opened() {
    const { debuggerAddress } = this.browser.capabilities.get('goog:chromeOptions');
    // The handle of a window is the id of its DevTools target.
    this.#devtools = await Devtools.connect(`ws://${debuggerAddress}/devtools/page/${this.handle}`);
    this.#devtools.on('Runtime.consoleAPICalled', ({ type, args }) => {
      this.#messages.push({ level: type === 'warning' ? 'warn' : type, text: args.map(text).join(' ') });
    });
    this.#devtools.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) => {
      this.#messages.push({ level: 'error', text: exception?.description ?? text });
    });
    await this.#devtools.send('Runtime.enable');
  }

  async console() {
    // DevTools tells things in their order, so that an answer has all before it that was said before the question.
    // A page whose process is dead answers nothing.
    const answered = this.#devtools.send('Runtime.evaluate', { expression: '0' }).catch(() => {});
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
    return [...this.#messages];
  }

  async setOffline(offline) {
    await this.#devtools.send('Network.enable');
    await this.#devtools.send('Network.emulateNetworkConditions', {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
  }

  async intercept(urlPattern, answer) {
    const requests = [];
    this.#devtools.on('Fetch.requestPaused', ({ requestId, request: { method, url, headers, postData } }) => {
      requests.push({ method, url, headers, body: postData });
      const body = Buffer.from(answer).toString('base64');
      this.#devtools.send('Fetch.fulfillRequest', { requestId, responseCode: 200, body }).catch(() => {});
    });
    await this.#devtools.send('Fetch.enable', { patterns: [{ urlPattern }] });
    return requests;
  }

  async throttleCpu(rate) {
    await this.#devtools.send('Emulation.setCPUThrottlingRate', { rate });
  }

  async disableCache() {
    await this.#devtools.send('Network.enable');
    await this.#devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  }

  async layouts() {
    return this.#metric('LayoutCount');
  }

  async taskMillis() {
    return 1_000 * (await this.#metric('TaskDuration'));
  }

  async #metric(wanted) {
    await this.#devtools.send('Performance.enable');
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === wanted).value;
  }

  async memoryBytes() {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = await this.#devtools.send('Runtime.getHeapUsage');
    return usedSize + embedderHeapUsedSize + backingStorageSize;
  }

  async detachedElements() {
    const chunks = this.#devtools.collect('HeapProfiler.addHeapSnapshotChunk');
    // It collects the garbage first.
    await this.#devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    const { snapshot, nodes, strings } = JSON.parse(chunks().map(({ chunk }) => chunk).join(''));
    const fields = snapshot.meta.node_fields;
    const [size, name, detachedness] = [fields.length, fields.indexOf('name'), fields.indexOf('detachedness')];
    const found = [];
    for (let at = 0; at < nodes.length; at += size) {
      // 2 is for what no document holds any more.
      if (nodes[at + detachedness] === 2) found.push(strings[nodes[at + name]]);
    }
    return found.filter((name) => /^(Detached )?<?(HTML|SVG|[a-z])/.test(name));
  }

  async killRenderer() {
    const pid = await this.#rendererPid();
    if (!descendants(this.browser.process.pid).includes(pid)) {
      throw new Error(`process ${pid} was not started by this browser`);
    }
    const crashed = this.#devtools.next('Inspector.targetCrashed');
    await this.#devtools.send('Inspector.enable');
    process.kill(pid, 'SIGKILL');
    await crashed;
  }

  /** The pid of the process that runs the page: a trace's first event names it for each frame. */
  async #rendererPid() {
    const traced = this.#devtools.collect('Tracing.dataCollected');
    const complete = this.#devtools.next('Tracing.tracingComplete');
    await this.#devtools.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'] },
    });
    await this.#devtools.send('Tracing.end');
    await complete;
    const started = traced()
      .flatMap(({ value }) => value)
      .find(({ name }) => name === 'TracingStartedInBrowser');
    const page = started?.args.data.frames.find(({ parent }) => !parent);
    if (!page?.processId) throw new Error('Chromium did not say which process runs the page');
    return page.processId;
  }

  async close() {
    this.#devtools.close();
    await super.close();
  }
}

/** A logged value as a developer would read it. */
function text({ type, value, unserializableValue, description }) {
  if (type === 'string') return value;
  if (unserializableValue !== undefined) return unserializableValue;
  return description ?? String(value);
}
