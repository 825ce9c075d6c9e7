// @ts-check
import { element } from '../dom.js';

/**
 * A part of a form, and what has been entered in it.
 *
 * @template T
 * @typedef {{ element: HTMLElement, read: () => T }} Editor
 */

/**
 * Editors that can be added and removed.
 *
 * @template T
 */
export class EditableList {
  /** @type {Editor<T>[]} */
  #editors = [];
  #items = element('div', { class: 'items' });
  #add = element('button', { type: 'button', class: 'pill' });

  /**
   * @param {object} how
   * @param {string} how.add the words on the button that adds one
   * @param {T[]} how.values to begin with
   * @param {() => T} how.empty what a new one begins with
   * @param {(value: T, removal: HTMLElement) => Editor<T>} how.editor makes one, with its button for removal in it
   * @param {string} how.remove what that button is called
   * @param {() => void} [how.changed] called after one has come or gone
   */
  constructor({ add, values, empty, editor, remove, changed }) {
    const put = (/** @type {T} */ value) => {
      const take = () => {
        this.#editors = this.#editors.filter((one) => one !== made);
        made.element.remove();
        this.#add.focus();
        changed?.();
      };
      const removal = element('button', { type: 'button', class: 'remove', 'aria-label': remove, onclick: take }, '×');
      const made = editor(value, removal);
      this.#editors.push(made);
      this.#items.append(made.element);
      return made;
    };
    values.forEach(put);
    this.#add.textContent = add;
    this.#add.addEventListener('click', () => {
      put(empty()).element.querySelector('input')?.focus();
      changed?.();
    });
    this.element = element('div', { class: 'editable-list' }, this.#items, this.#add);
  }

  /** @returns {T[]} */
  read() {
    return this.#editors.map((editor) => editor.read());
  }
}
