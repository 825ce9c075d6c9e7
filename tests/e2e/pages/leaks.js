/**
 * Makes pages that are full of what must not leave them, and uses them as a visitor would. Every secret that is a text has
 * the mark and eight random digits in it, by which it can be found wherever it comes out; those that are numbers are listed.
 */

import hoglet from '/hoglet/index.js';

import { chance, pick, seeded } from '/chance.js';
import { NATIONAL_IDS, card } from '/numbers.js';

/** No word and no id has this. */
const MARK = 'zqx';

/** The numbers that were put into pages, as digits and letters alone. */
const numbers = new Set();

const hex = () => Math.floor(chance() * 0x100000000).toString(16).padStart(8, '0');
const marked = () => MARK + hex();
const base64url = (object) => btoa(JSON.stringify(object)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');

const number = (text) => {
  numbers.add(text.replaceAll(/[^0-9a-z]/gi, '').toUpperCase());
  return text;
};

/** Secrets that are to be found wherever they stand. */
const SECRETS = {
  email: () => `${pick(['ann', 'b.o', 'x_y', 'c+tag'])}.${marked()}@${pick(['mail.example', 'a-b.co.example', 'example.org'])}`,
  card: () => number(card()),
  jwt: () => `eyJ${base64url({ alg: 'HS256' }).slice(3)}.${base64url({ sub: marked() })}.${marked()}${hex()}${hex()}`,
  bearer: () => `Bearer ${marked()}${hex()}${hex()}`,
  nationalId: () => number(pick(NATIONAL_IDS)()),
};

const secret = () => pick(Object.values(SECRETS))();
const WORDS = ['Order', 'for', 'Call', 'Ship to', 'the', 'quick', 'Küche', '🦔', 'של', 'item', 'no.', '(', ')', ':', '—'];
const words = () => Array.from({ length: 1 + Math.floor(chance() * 4) }, () => pick(WORDS)).join(' ');

/** A text with a secret somewhere in it. */
const text = () => [words(), secret(), words()].slice(chance() < 0.5 ? 0 : 1, chance() < 0.5 ? 3 : 2).join(' ');

const address = () => {
  const part = () => (chance() < 0.5 ? encodeURIComponent(secret()) : secret().replaceAll(/[?#%/]/g, '-'));
  const path = chance() < 0.3 ? `/${part()}` : '';
  const query = chance() < 0.7 ? `?${pick(['q', 'user', 'to', 'next'])}=${part()}&n=1` : '';
  const hash = chance() < 0.3 ? `#/${part()}?${pick(['a', 'access_token'])}=${part()}` : '';
  return `/p${path}${query}${hash}`;
};

const element = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  // Between elements there is white space, as in a source that people write.
  for (const child of children) element.append(child, '\n');
  return element;
};

/** A field whose value nobody but the visitor may know. */
const secretField = () => {
  const value = `${marked()}!`;
  const attributes = pick([
    { type: 'password' },
    { type: 'password', value },
    { type: 'text', autocomplete: pick(['cc-number', 'cc-csc', 'one-time-code', 'current-password', 'email', 'tel', 'street-address']), value },
    { type: 'text', name: pick(['password', 'cvv', 'ccnumber', 'ssn']), 'data-ph-capture-value': '' },
    { type: 'hidden', name: 'csrf', value },
  ]);
  const field = element('input', attributes);
  field.value = value;
  return field;
};

const textField = () => {
  const field = element(pick(['input', 'textarea']), { name: 'comment', placeholder: text(), 'aria-label': text(), 'data-ph-capture-value': '' });
  field.value = text();
  return field;
};

const LEAVES = [
  () => element('button', { title: text(), 'data-who': text() }, text()),
  () => element('button', {}, element('span', { class: words() }, text())),
  () => element('a', { href: pick([address, () => `mailto:${SECRETS.email()}`, () => `https://other.example${address()}`])(), 'data-ph-capture-attribute-about': text() }, text()),
  () => element('label', { 'aria-label': text() }, text(), secretField()),
  () => element('select', {}, element('option', { value: text() }, text())),
  () => element('div', { contenteditable: 'true' }, text()),
  () => element('img', { alt: text(), src: `data:,${encodeURIComponent(text())}` }),
  secretField,
  textField,
];

const tree = (depth) =>
  depth === 0
    ? pick(LEAVES)()
    : element(
        pick(['div', 'section', 'form', 'ul', 'article']),
        // Firefox submits a form for a submission that a script made up, whatever listeners say; this leads nowhere.
        { id: pick(['main', 'x', `user-${SECRETS.email()}`]), class: words(), 'data-note': text(), method: 'dialog' },
        ...Array.from({ length: 1 + Math.floor(chance() * 3) }, () => tree(depth - 1)),
      );

addEventListener('click', (event) => event.preventDefault());
addEventListener('submit', (event) => event.preventDefault());

const use = (node) => {
  const event = (type) => node.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
  node.click?.();
  if (node.matches('input, select, textarea')) event('change');
  if (node.matches('form')) event('submit');
  if (chance() < 0.1) {
    getSelection().selectAllChildren(node);
    event('copy');
  }
};

/** Begins, with what is not to leave the page. */
window.begin = async (token, settings, seed) => {
  seeded(seed);
  hoglet.init(token, {
    api_host: location.origin,
    opt_out_useragent_filter: true,
    load: 'manual',
    batch_interval: 100,
    autocapture: { capture_copied_text: true },
    capture_pageview: 'history_change',
    capture_outbound_clicks: true,
    capture_download_clicks: true,
    capture_heatmaps: true,
    capture_exceptions: true,
    ...settings,
  });
  await hoglet.load?.();
};

/** Makes so many pages, and uses each. */
window.visitPages = async (count) => {
  for (let page = 0; page < count; page += 1) {
    history.pushState({}, '', address());
    document.title = text();
    document.body.replaceChildren(tree(1 + Math.floor(chance() * 4)));
    const all = [...document.body.querySelectorAll('*')];
    for (let uses = 0; uses < 5; uses += 1) use(pick(all));
    if (chance() < 0.1) hoglet.captureException(new Error(text()));
    // The events of many pages at once would be taken for a runaway loop.
    if (page % 50 === 49) await hoglet.flush();
  }
  await hoglet.flush();
};

window.numbers = () => [...numbers];
window.mark = MARK;
window.hoglet = hoglet;
