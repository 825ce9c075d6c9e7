/**
 * The page on which an SDK arrives. `window.arrive` imports it, begins it and captures an event, as an app would when it starts;
 * `window.arrived` tells what that took.
 */

import { imports } from './imports.js';

/** How long tasks are that a visitor notices, by the browser's own definition, and when they began. */
const longTasks = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration });
}).observe({ type: 'longtask', buffered: true });

/** The scripts that the page has fetched so far, by their addresses. */
const scripts = () => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\.(m?js|wasm)$/.test(name));

/**
 * @param {string} id whose, as imports.js has it
 * @param {string} token
 * @param {object} own settings
 */
window.arrive = async (id, token, own) => {
  const before = scripts();
  const others = () => scripts().filter((script) => !before.includes(script));
  const began = Date.now();
  const start = performance.now();
  const since = (past) => performance.now() - past;
  const { client, settings } = await imports[id]();
  const imported = since(start);
  const critical = others();
  const initStart = performance.now();
  client.init(token, { api_host: location.origin, opt_out_useragent_filter: true, ...settings, ...own });
  const init = since(initStart);
  const captureStart = performance.now();
  client.capture('measured', { plan: 'professional', price: 42.5, position: 1 });
  const capture = since(captureStart);
  window.arrived = () => ({
    began,
    imported,
    init,
    capture,
    critical,
    scripts: others(),
    // When they began and how long they were, in milliseconds since the import.
    longTasks: longTasks
      .filter(({ startTime }) => startTime >= start)
      .map(({ startTime, duration }) => ({ at: startTime - start, duration })),
  });
};
window.isReady = true;
