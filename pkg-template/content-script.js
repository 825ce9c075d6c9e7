// @ts-check

/** @type {boolean | undefined} */
let answer

/**
 * Whether this is the content script of a browser extension, whose cookies and storage are those of whatever page it was put
 * into. Its own pages have addresses of their own, and pages see no extension's id.
 */
export const isContentScript = () =>
  (answer ??= !/extension:$/.test(globalThis.location?.protocol) && [/** @type {any} */ (globalThis).chrome, /** @type {any} */ (globalThis).browser].some((extension) => extension?.runtime?.id))
