// @ts-check
import { element } from '../dom.js';
import { defineFlag, deleteFlag } from './collector.js';
import { conditionsEditor } from './flag-conditions.js';
import { variantsEditor } from './flag-variants.js';

/** @typedef {import('./collector.js').Flag} Flag */

/** @type {Flag['filters']} */
const ON_FOR_EVERYBODY = {
  groups: [{ properties: [], rollout_percentage: 100 }],
  multivariate: null,
  payloads: {},
};

/**
 * Opens the form in which a flag is made, changed or deleted.
 *
 * @param {Flag | null} flag null makes a new one
 * @param {string[]} tokens of projects that a new one may be for, the likeliest first
 * @param {() => void} changed called once the collector has it
 */
export function editFlag(flag, tokens, changed) {
  const key = element('input', { required: true, maxlength: 400, autocapitalize: 'none', spellcheck: 'false' });
  const token = element('input', { required: true, list: 'tokens', value: tokens[0] ?? '', spellcheck: 'false' });
  const name = element('input', { value: flag?.name ?? '' });
  const active = element('input', { type: 'checkbox', role: 'switch', checked: flag?.active ?? true });
  const filters = flag?.filters ?? ON_FOR_EVERYBODY;
  const variants = filters.multivariate?.variants ?? [];
  const conditions = conditionsEditor(filters.groups, variants.map(({ key }) => key));
  const outcomes = variantsEditor(filters, conditions.offer);
  const trouble = element('p', { class: 'flag-trouble', role: 'alert' });

  const attempt = async (/** @type {() => Promise<unknown>} */ act) => {
    try {
      await act();
      dialog.close();
      changed();
    } catch (error) {
      trouble.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const save = (/** @type {SubmitEvent} */ submit) => {
    submit.preventDefault();
    const written = {
      name: name.value,
      active: active.checked,
      filters: { ...filters, groups: conditions.read(), ...outcomes.read() },
    };
    attempt(() => defineFlag({ ...(flag ?? { token: token.value, key: key.value }), ...written }));
  };
  const remove = () => {
    if (flag && confirm(`Delete ${flag.key}? Pages that ask for it will be told that there is no such flag.`)) {
      attempt(() => deleteFlag(flag));
    }
  };

  const dialog = element(
    'dialog',
    { class: 'flag-form', 'aria-labelledby': 'flag-form-title', onclose: () => dialog.remove() },
    element(
      'form',
      { onsubmit: save },
      element('h2', { id: 'flag-form-title' }, flag ? element('code', {}, flag.key) : 'New flag'),
      !flag && [
        element('label', {}, 'Key', key),
        element('label', {}, 'Project token', token),
        element('datalist', { id: 'tokens' }, tokens.map((value) => element('option', { value }))),
      ],
      element('label', {}, 'What it is for', name),
      element('label', { class: 'flag-switch' }, active, 'Switched on'),
      element('section', {}, element('h3', {}, 'Who gets it'), conditions.element),
      element('section', {}, element('h3', {}, 'What they get'), outcomes.element),
      element(
        'div',
        { class: 'form-actions' },
        trouble,
        element('button', { class: 'button' }, 'Save'),
        element('button', { type: 'button', class: 'button quiet', onclick: () => dialog.close() }, 'Cancel'),
        flag && element('button', { type: 'button', class: 'button quiet danger', onclick: remove }, 'Delete'),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
