// @ts-check
import { element } from '../dom.js';
import { defineFlag } from './collector.js';
import { editFlag } from './flag-form.js';
import { told } from './flag-words.js';

/** @typedef {import('./collector.js').Flag} Flag */

/** The flags, each with its switch, which acts at once. */
export class FlagPanel {
  /** By id. @type {Map<number, FlagRow>} */
  #rows = new Map();
  /** @type {Flag[]} */
  #flags = [];
  #none = element('li', { class: 'hint' }, 'None yet.');

  /**
   * @param {{ list: HTMLElement, create: HTMLButtonElement }} parts
   * @param {{ changed: () => void, tokens: () => string[] }} context called after a change; the projects that have sent
   *   events, the latest last
   */
  constructor({ list, create }, { changed, tokens }) {
    this.list = list;
    this.changed = changed;
    list.append(this.#none);
    create.addEventListener('click', () => {
      const projects = [...tokens(), ...this.#flags.map(({ token }) => token)].reverse();
      editFlag(null, [...new Set(projects)], changed);
    });
  }

  /** @param {Flag[]} flags all of them */
  update(flags) {
    this.#flags = flags;
    const before = this.#rows;
    this.#rows = new Map(flags.map((flag) => [flag.id, before.get(flag.id) ?? new FlagRow(this.changed)]));
    const several = new Set(flags.map(({ token }) => token)).size > 1;
    for (const flag of flags) this.#rows.get(flag.id)?.update(flag, several);
    // Rows that stay are left where they are: somebody may be on one of them with the keyboard.
    for (const [id, row] of before) if (!this.#rows.has(id)) row.element.remove();
    for (const [id, row] of this.#rows) if (!before.has(id)) this.list.append(row.element);
    this.#none.hidden = flags.length > 0;
  }
}

class FlagRow {
  /** @type {Flag | undefined} */
  #flag;
  #switching = false;
  #switch = element('input', { type: 'checkbox', role: 'switch', onchange: () => this.#turn() });
  #key = element('code', {});
  #words = element('span', { class: 'flag-words' });
  #trouble = element('span', { class: 'flag-trouble', role: 'alert' });
  #edit = element('button', { type: 'button', class: 'pill', onclick: () => this.#open() }, 'Edit');

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    const label = element('label', { class: 'flag-switch' }, this.#switch, this.#key);
    this.element = element('li', {}, label, this.#edit, this.#words, this.#trouble);
  }

  /** @param {Flag} flag @param {boolean} several whether there are flags of more than one project */
  update(flag, several) {
    this.#flag = flag;
    this.element.dataset.flag = flag.key;
    this.#key.textContent = flag.key;
    this.#words.textContent = several ? `${told(flag)} · ${flag.token}` : told(flag);
    this.#edit.setAttribute('aria-label', `Edit ${flag.key}`);
    if (!this.#switching) this.#switch.checked = flag.active;
  }

  async #turn() {
    if (!this.#flag) return;
    this.#switching = true;
    try {
      this.#flag = await defineFlag({ ...this.#flag, active: this.#switch.checked });
      this.#trouble.textContent = '';
    } catch (error) {
      this.#trouble.textContent = error instanceof Error ? error.message : String(error);
    }
    this.#switching = false;
    this.#switch.checked = this.#flag.active;
    this.changed();
  }

  #open() {
    if (this.#flag) editFlag(this.#flag, [], this.changed);
  }
}
