/** What the router says it has shown, for the test: `[path, title]` of each page, once for as long as it is shown. */
const visited = [];

/** To be called when the router has shown a page. */
export function recordVisit() {
  const path = location.pathname.replace(/(.)\/$/, '$1');
  if (path !== visited.at(-1)?.[0]) visited.push([path, document.title]);
  Object.assign(window, { visited, appReady: true });
}
