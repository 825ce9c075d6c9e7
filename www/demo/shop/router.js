// @ts-check
/**
 * What a route shows.
 *
 * @typedef {object} Page
 * @property {string} title
 * @property {Node} content
 * @property {() => void} [shown] called once the page is there
 */

/** @typedef {(visit: { parameter: string, query: URLSearchParams }) => Page | Redirect} Route */

/** Returned by a route to send the visitor elsewhere. */
export class Redirect {
  /** @param {string} to */
  constructor(to) {
    this.to = to;
  }
}

const SHOP = 'Underhedge';

/** @type {{ pattern: RegExp, route: Route }[]} */
let table = [];
/** @type {HTMLElement} */
let outlet;

/**
 * @param {HTMLElement} element where pages are shown
 * @param {Record<string, Route>} routes by path; `:name` stands for one segment, `*` for anything
 */
export function startRouter(element, routes) {
  outlet = element;
  table = Object.entries(routes).map(([path, route]) => ({ pattern: patternOf(path), route }));
  addEventListener('popstate', () => show({ focus: true }));
  document.addEventListener('click', followLink);
  show({ focus: false });
}

/** @param {string} to a path with query @param {{ replace?: boolean }} [how] */
export function navigate(to, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  scrollTo(0, 0);
  show({ focus: true });
}

/** Draws the same page again, for instance after the cart has changed. */
export function redraw() {
  const page = pageHere();
  if (!(page instanceof Redirect)) draw(page.content, { focus: true });
}

/** @param {{ focus: boolean }} how */
function show({ focus }) {
  const page = pageHere();
  if (page instanceof Redirect) return navigate(page.to, { replace: true });
  document.title = page.title === SHOP ? SHOP : `${page.title} · ${SHOP}`;
  draw(page.content, { focus });
  document.dispatchEvent(new Event('routechange'));
  page.shown?.();
}

/**
 * @param {Node} content
 * @param {{ focus: boolean }} how whether to move the focus: to the control that had it, if the new content has one with
 *   the same `data-key`, and otherwise to the top, as a full load would
 */
function draw(content, { focus }) {
  const key = document.activeElement?.getAttribute('data-key');
  outlet.replaceChildren(content);
  const same = [...outlet.querySelectorAll('input, button')].find((control) => control.getAttribute('data-key') === key);
  if (focus) (key && same instanceof HTMLElement ? same : outlet).focus({ preventScroll: true });
}

function pageHere() {
  const { pathname, search } = location;
  for (const { pattern, route } of table) {
    const match = pattern.exec(pathname);
    if (match) return route({ parameter: match[1] ?? '', query: new URLSearchParams(search) });
  }
  throw new Error(`no route for ${pathname}: the table needs a '*'`);
}

/** @param {string} path */
function patternOf(path) {
  return path === '*' ? /^/ : new RegExp(`^${path.replace(/:\w+/, '([\\w-]+)')}/?$`);
}

/** @param {MouseEvent} click */
function followLink(click) {
  const link = click.target instanceof Element ? click.target.closest('a') : null;
  const plain = click.button === 0 && !click.metaKey && !click.ctrlKey && !click.shiftKey && !click.altKey;
  if (!link || !plain || link.target || link.origin !== location.origin || click.defaultPrevented) return;
  // The inspector and the figures are pages of their own, and a link within the page is the browser's business.
  if (/^\/(inspector|bench)\b/.test(link.pathname) || link.getAttribute('href')?.startsWith('#')) return;
  click.preventDefault();
  if (link.href !== location.href) navigate(link.pathname + link.search);
}
