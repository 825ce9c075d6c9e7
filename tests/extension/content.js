/**
 * A content script, bundled with the package. It does what the page that it was put into asks for: the page's script and this
 * one see the same document, and nothing else of each other.
 */

import hoglet from 'hoglet/eager';

const { runtime } = globalThis.browser ?? globalThis.chrome;

addEventListener('hoglet tests: ask', async ({ detail }) => {
  const { id, path, args } = JSON.parse(detail);
  const holder = path.slice(0, -1).reduce((object, name) => object[name], hoglet);
  const member = holder[path.at(-1)];
  const value = typeof member === 'function' ? await member.apply(holder, args) : member;
  dispatchEvent(new CustomEvent('hoglet tests: answer', { detail: JSON.stringify({ id, value }) }));
});
// Where the extension's own pages are.
document.documentElement.dataset.extension = runtime.getURL('');
