// @ts-check
import { element } from '../dom.js';

const PACKAGE = new URL('/hoglet/', location.origin).href;
const ENTRY = new URL('index.js', PACKAGE).href;

/**
 * Watches what the browser fetches of hoglet, and tells it in one line: the entry with the page, the core when the
 * visitor first touches it.
 */
export function showArrival() {
  const note = element('p', { class: 'arrival', role: 'status', 'data-core': 'waiting' });
  /** @type {PerformanceResourceTiming[]} */
  const fetched = [];
  let loaded = false;

  const tell = () => {
    const core = fetched.filter((resource) => resource.name !== ENTRY);
    const entryBytes = bytes(fetched.filter((resource) => resource.name === ENTRY));
    if (!loaded || core.length === 0) {
      note.replaceChildren(
        dot(),
        `hoglet so far: an entry of ${entryBytes}. The core waits for your first click, key or touch.`,
      );
      return;
    }
    note.dataset.core = 'arrived';
    const begun = Math.min(...core.map((resource) => resource.startTime));
    const ended = Math.max(...core.map((resource) => resource.responseEnd));
    note.replaceChildren(
      dot(),
      `hoglet: an entry of ${entryBytes} with the page; the core, ${bytes(core)}, `,
      `came ${(begun / 1000).toFixed(1)} s later with your first touch, and took ${Math.round(ended - begun)} ms.`,
    );
  };

  new PerformanceObserver((list) => {
    const ours = list.getEntries().filter((entry) => entry.name.startsWith(PACKAGE));
    fetched.push(.../** @type {PerformanceResourceTiming[]} */ (ours));
    tell();
  }).observe({ type: 'resource', buffered: true });
  tell();

  return {
    note,
    loaded() {
      loaded = true;
      tell();
    },
  };
}

function dot() {
  return element('span', { class: 'arrival-dot', 'aria-hidden': 'true' });
}

/**
 * The weight of the bodies as they were sent, also if the browser had them in its cache.
 *
 * @param {PerformanceResourceTiming[]} resources
 */
function bytes(resources) {
  const sum = resources.reduce((total, resource) => total + resource.encodedBodySize, 0);
  return `${(sum / 1000).toFixed(1)} KB`;
}
