// @ts-check

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Builds an element. Text children become text nodes and attributes are set, not parsed, so nothing that is shown can
 * turn into markup.
 *
 * An attribute whose name begins with `on` is a listener; one whose value is a boolean is present or absent.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (typeof value === 'boolean') made.toggleAttribute(name, value);
    else if (value != null) made.setAttribute(name, String(value));
  }
  made.append(...shown(children.flat()));
  return made;
}

/**
 * A drawing from one of the files in /art.
 *
 * @param {string} file the file's name, without folder and ending
 * @param {string} symbol which drawing in it
 * @param {string} [label] what a screen reader says; without it the drawing is decoration
 */
export function drawing(file, symbol, label) {
  const svg = document.createElementNS(SVG, 'svg');
  if (label) {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
  } else {
    svg.setAttribute('aria-hidden', 'true');
  }
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/art/${file}.svg#${symbol}`);
  svg.append(use);
  return svg;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function shown(children) {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}
