// @ts-check
import { element } from '../dom.js';
import { EditableList } from './editable-list.js';

/**
 * A variant with its payload.
 *
 * @typedef {object} Outcome
 * @property {string} key
 * @property {number} percentage
 * @property {unknown} payload undefined for none
 */

/**
 * What they get: one of some variants, or simply `true`, each with a payload.
 *
 * @param {Pick<import('./collector.js').Filters, 'multivariate' | 'payloads'>} filters
 * @param {(variants: string[]) => void} changed called with the names of the variants, when they change
 * @returns {import('./editable-list.js').Editor<Pick<import('./collector.js').Filters, 'multivariate' | 'payloads'>>}
 */
export function variantsEditor({ multivariate, payloads }, changed) {
  const plain = payloadField(payloads.true);
  const sum = element('output', { class: 'hint' });
  const outcomes = (multivariate?.variants ?? []).map(({ key, rollout_percentage: percentage }) => ({
    key,
    percentage,
    payload: payloads[key],
  }));
  /** @type {EditableList<Outcome>} */
  const list = new EditableList({
    add: 'Add a variant',
    values: outcomes,
    empty: () => ({ key: '', percentage: Math.max(0, 100 - total(list.read())), payload: undefined }),
    remove: 'Remove this variant',
    editor: variantEditor,
    changed: () => update(),
  });
  const update = () => {
    const variants = list.read();
    plain.element.hidden = variants.length > 0;
    const rest = 100 - total(variants);
    sum.hidden = variants.length === 0 || rest === 0;
    sum.value = rest > 0 ? `The other ${rest} % get no variant: true.` : `That is ${-rest} % too much.`;
    changed(variants.map(({ key }) => key).filter(Boolean));
  };
  const whole = element('div', { oninput: update }, plain.element, list.element, sum);
  update();
  return {
    element: whole,
    read() {
      const variants = list.read();
      const named = variants.length > 0 ? variants : [{ key: 'true', percentage: 100, payload: plain.read() }];
      const given = named.filter(({ payload }) => payload !== undefined);
      const heldOut = Object.entries(payloads).filter(([key]) => key.startsWith('holdout-'));
      return {
        multivariate:
          variants.length > 0
            ? { variants: variants.map(({ key, percentage }) => ({ key, rollout_percentage: percentage })) }
            : null,
        payloads: Object.fromEntries([...given.map(({ key, payload }) => [key, payload]), ...heldOut]),
      };
    },
  };
}

/** To two digits, as they are typed. @param {Outcome[]} variants */
function total(variants) {
  return Math.round(variants.reduce((sum, { percentage }) => sum + percentage, 0) * 100) / 100;
}

/**
 * @param {Outcome} outcome
 * @param {HTMLElement} removal
 * @returns {import('./editable-list.js').Editor<Outcome>}
 */
function variantEditor(outcome, removal) {
  const key = element('input', { required: true, value: outcome.key, autocapitalize: 'none', spellcheck: 'false' });
  const percentage = element('input', {
    type: 'number',
    min: 0,
    max: 100,
    step: 'any',
    required: true,
    value: String(outcome.percentage),
  });
  const payload = payloadField(outcome.payload);
  return {
    element: element(
      'fieldset',
      { class: 'variant' },
      element('legend', { class: 'hidden' }, 'Variant'),
      removal,
      element('label', {}, 'Variant', key),
      element('label', {}, 'Share, %', percentage),
      payload.element,
    ),
    read: () => ({ key: key.value, percentage: Number(percentage.value), payload: payload.read() }),
  };
}

/**
 * @param {unknown} payload
 * @returns {import('./editable-list.js').Editor<unknown>}
 */
function payloadField(payload) {
  const before = typeof payload === 'string' ? payload : payload === undefined ? '' : JSON.stringify(payload);
  const example = '{ "text": "Free delivery tonight" }';
  const field = element('textarea', { rows: 2, placeholder: example, spellcheck: 'false' });
  field.value = before;
  const check = () => {
    const isJson = field.value === before || field.value.trim() === '' || parses(field.value);
    field.setCustomValidity(isJson ? '' : 'This is not JSON. A text goes in quotes: "like this"');
  };
  field.addEventListener('input', check);
  return {
    element: element('label', { class: 'payload' }, 'Payload, JSON', field),
    read: () => (field.value === before ? payload : field.value.trim() || undefined),
  };
}

/** @param {string} text */
function parses(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
