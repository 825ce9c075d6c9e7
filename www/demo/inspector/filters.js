// @ts-check
import { element } from '../dom.js';
import { shortId } from './people.js';

/** The form above the list. */
export class Filters {
  /** @type {import('./event-log.js').Filter} */
  filter = { event: '', person: '', session: '' };

  /**
   * @param {{ event: HTMLSelectElement, person: HTMLSelectElement, session: HTMLButtonElement }} fields
   * @param {() => void} changed
   */
  constructor(fields, changed) {
    this.fields = fields;
    this.changed = changed;
    fields.event.addEventListener('change', () => this.set({ event: fields.event.value }));
    fields.person.addEventListener('change', () => this.set({ person: fields.person.value }));
    fields.session.addEventListener('click', () => this.set({ session: '' }));
    fields.event.form?.addEventListener('submit', (submit) => submit.preventDefault());
  }

  /** @param {Partial<import('./event-log.js').Filter>} part */
  set(part) {
    this.filter = { ...this.filter, ...part };
    this.changed();
  }

  /** @param {string[]} names of events @param {import('./people.js').Person[]} persons */
  offer(names, persons) {
    const { event, person, session } = this.filter;
    fill(this.fields.event, event, [['', 'all'], ...names.sort().map((name) => [name, name])]);
    const chosen = persons.find(({ distinctIds }) => distinctIds.includes(person));
    fill(this.fields.person, chosen?.distinctIds[0] ?? '', [
      ['', 'everyone'],
      ...persons.map(({ distinctIds, name }) => [distinctIds[0], name]),
    ]);
    this.fields.session.hidden = !session;
    this.fields.session.textContent = `session ${shortId(session)} ×`;
    this.fields.session.setAttribute('aria-label', `Show all sessions, not only ${session}`);
  }
}

/** @param {HTMLSelectElement} select @param {string} chosen @param {string[][]} options values and their words */
export function fill(select, chosen, options) {
  const before = [...select.options].map((option) => [option.value, option.text]);
  // An open menu would close if its options were replaced by the same ones.
  if (JSON.stringify(before) !== JSON.stringify(options)) {
    select.replaceChildren(...options.map(([value, text]) => element('option', { value }, text)));
  }
  select.value = chosen;
}
