import { onePage } from './script.js';

const AUTOCAPTURE = { autocapture: true };

/**
 * A script of what a visitor does with elements.
 *
 * @param {string} name
 * @param {string} html of the page's body
 * @param {string[]} uses selectors of elements, each with the DOM event behind a blank; `click` if there is none
 * @param {object} [settings]
 */
function used(name, html, uses, settings = {}) {
  const action = `(sdk) => {
    document.body.innerHTML = ${JSON.stringify(html)};
    addEventListener('click', (event) => event.preventDefault(), { once: ${uses.length === 1} });
    addEventListener('submit', (event) => event.preventDefault());
    for (const use of ${JSON.stringify(uses)}) {
      const [selector, type = 'click'] = use.split(' ');
      const element = document.querySelector(selector);
      if (type === 'click') element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, clientX: 900 * Math.random() }));
      else element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true, composed: true }));
    }
  }`;
  return onePage(name, action, { ...AUTOCAPTURE, ...settings });
}

/** Clicks, changes and submissions. */
export const interactions = [
  used('a click on a button', '<div id="app"><p>x</p><button class="z a" id="b" data-kind="big">Click  me\n now</button></div>', ['#b']),
  used('a click within a link', '<a href="/away.html?x=1" title="To"><span>Read <b>on</b></span></a>', ['span', 'b', 'a']),
  used('a link to another site', '<a href="https://other.example/a?b=c#d">out</a><a id="m" href="mailto:a">mail</a>', ['a', '#m']),
  used('what is no control', '<div id="d">text</div><p id="p" style="cursor: pointer">text</p><main><i id="i">text</i></main>', ['#d', '#p', '#i']),
  used('a form', `<form id="f" action="/x" method="post"><label id="l">Name</label><input id="t" name="q" value="v"><textarea id="a">long</textarea>
    <select id="s"><option selected>one</option></select><input id="c" type="checkbox" value="1"><input id="r" type="submit" value="Go"><input id="n" type="button" value="No"></form>`,
    ['#t', '#t change', '#a change', '#s change', '#c change', '#c', '#r', '#n', '#l', '#f submit']),
  used('fields that are secret', '<form><input id="p" type="password" name="n"><input id="h" type="hidden" name="h"><input id="c" name="cc-number"><input id="i" name="cvv" class="ph-include"></form>',
    ['#p change', '#h change', '#c change', '#i change']),
  used('values that may be told', '<input id="a" data-ph-capture-value value="told"><input id="b" value="not"><input id="p" type="password" data-ph-capture-value value="no">',
    ['#a change', '#b change', '#p change']),
  used('what is not to be captured', '<div class="ph-no-capture"><button id="a">a</button></div><button id="b" class="ph-no-capture">b</button><button id="c" class="ph-sensitive">c</button><div class="ph-no-autocapture"><button id="d">d</button></div><button id="e" data-ph-no-autocapture>e</button>',
    ['#a', '#b', '#c', '#d', '#e']),
  used('properties that elements give', '<div data-ph-capture-attribute-plan="outer" data-ph-capture-attribute-page="p"><button id="b" data-ph-capture-attribute-plan="inner">b</button></div>', ['#b']),
  used('texts are masked', '<div id="o"><button id="b" title="t">secret</button></div>', ['#b'], { mask_all_text: true }),
  used('attributes are masked', '<div id="o" title="t"><button id="b" title="t">text</button></div>', ['#b'], { mask_all_element_attributes: true }),
  used('attributes are left out', '<button id="b" title="t" data-x="1" _ngcontent-abc="" _nghost-x="">text</button>', ['#b'], { autocapture: { element_attribute_ignorelist: ['data-x'] } }),
  used('numbers that are secret', '<button id="b" title="4111 1111 1111 1111" data-s="123-45-6789" data-n="4111 1111 1111 1112 3">pay 4111111111111111 now 123-45-6789</button>', ['#b']),
  used('only some events', '<form><button id="b">b</button><input id="i"></form>', ['#b', '#i change', 'form submit'], { autocapture: { dom_event_allowlist: ['change'] } }),
  used('only some elements', '<a href="#"><span id="s">s</span></a><button id="b">b</button>', ['#s', '#b'], { autocapture: { element_allowlist: ['a'] } }),
  used('only some selectors', '<div class="in"><button id="a">a</button></div><button id="b">b</button>', ['#a', '#b'], { autocapture: { css_selector_allowlist: ['.in'] } }),
  used('all but some selectors', '<div class="out"><button id="a">a</button></div><button id="b" class="ph-no-autocapture">b</button>', ['#a', '#b'], { autocapture: { css_selector_ignorelist: ['.out'] } }),
  used('only some pages', '<button id="b">b</button>', ['#b'], { autocapture: { url_allowlist: ['nowhere.html'] } }),
  used('all but some pages', '<button id="b">b</button>', ['#b'], { autocapture: { url_ignorelist: ['either.html'] } }),
  used('drawings in a button', '<button id="o" class="c"><svg id="s" class="icon"><g><path id="p" d="M0 0"></path></g></svg> Save</button><svg id="alone"><path id="q"></path></svg>', ['#p', '#s', '#q']),
  used('what can be edited', '<div id="e" contenteditable="true">mine</div>', ['#e', '#e change']),
  used('texts of all kinds', '<button id="a">ümläut 🦔 שלום</button><button id="b">a "quoted" \\ text; and more</button><button id="c"></button><button id="d">   </button><button id="e"><span>one</span><span>two <span>three</span></span></button>',
    ['#a', '#b', '#c', '#d', '#e']),
  used('long texts and attributes', `<button id="a" title="${'t'.repeat(2000)}">${'word '.repeat(300)}</button>`, ['#a']),
  used('classes of all kinds', '<button id="a" class="  b  A é a b "><i class="">x</i></button>', ['#a', 'i']),
  onePage('a shadow root', (sdk) => {
    document.body.innerHTML = '<x-card id="host" class="c"></x-card>';
    const root = document.querySelector('#host').attachShadow({ mode: 'open' });
    root.innerHTML = '<div><button id="b">inside</button></div>';
    root.querySelector('#b').click();
  }, AUTOCAPTURE),
  onePage('a rage', (sdk) => {
    document.body.innerHTML = '<button id="b">b</button><button id="n" class="ph-no-rageclick">n</button>';
    const click = (selector, x) =>
      document.querySelector(selector).dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: x, clientY: 10 }));
    for (const x of [10, 20, 30, 35]) click('#b', x);
    for (const x of [300, 400, 410]) click('#b', x);
    for (const x of [600, 600, 600]) click('#n', x);
  }, { autocapture: true, rageclick: true }),
  onePage('a rage of its own measure', (sdk) => {
    document.body.innerHTML = '<button id="b">b</button>';
    for (const x of [10, 100]) {
      document.querySelector('#b').dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: x, clientY: 10 }));
    }
  }, { autocapture: true, rageclick: { click_count: 2, threshold_px: 100 } }),
  onePage('paging is no rage', (sdk) => {
    document.body.innerHTML = '<button id="a">Next page</button><button id="b">nextdoor</button><button id="c" aria-label="Previous">x</button>';
    for (const id of ['a', 'b', 'c']) {
      const element = document.querySelector(`#${id}`);
      for (let n = 0; n < 3; n += 1) element.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: 10 * id.charCodeAt(0), clientY: 10 }));
    }
  }, { autocapture: true, rageclick: { content_ignorelist: true } }),
  onePage('what is copied', (sdk) => {
    document.body.innerHTML = '<p id="p">a text to copy</p>';
    getSelection().selectAllChildren(document.querySelector('#p'));
    for (const type of ['copy', 'cut', 'paste']) document.querySelector('#p').dispatchEvent(new Event(type, { bubbles: true }));
  }, { autocapture: { capture_copied_text: true } }),
];
