/** What a test has at hand on a page that waits for its flags. */

import { hideUntilFlags } from '/hoglet/anti-flicker.js';
import hoglet from '/hoglet/index.js';

window.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => violations.push(violatedDirective));

/** Timers that run, by their ids. */
window.timers = new Set();
const { setTimeout, clearTimeout } = window;
window.setTimeout = (action, wait) => {
  const id = setTimeout(() => {
    timers.delete(id);
    action();
  }, wait);
  timers.add(id);
  return id;
};
window.clearTimeout = (id) => {
  timers.delete(id);
  clearTimeout(id);
};

/** Answers to requests for flags wait for `release`. */
const released = new Promise((resolve) => {
  window.release = resolve;
});
const { fetch } = window;
window.fetch = async (url, request) => {
  if (String(url).includes('/flags/')) await released;
  return fetch(url, request);
};

/** How an element looks. */
window.opacity = (element = document.documentElement) => getComputedStyle(element).opacity;

window.hideUntilFlags = hideUntilFlags;
window.hoglet = hoglet;
