// @ts-check
import { element } from '../dom.js';
import { EditableList } from './editable-list.js';
import { fill } from './filters.js';
import { isAlone, OPERATORS, propertyTold, valueText } from './flag-words.js';

/** @typedef {import('./collector.js').Condition} Condition */
/** @typedef {import('./collector.js').Property} Property */

/** Whose value may be a list, of which any one will do. */
const OF_LISTS = ['exact', 'is_not'];

/**
 * Who gets the flag: the conditions, of which the first that matches decides.
 *
 * @param {Condition[]} conditions
 * @param {string[]} variants that the flag has
 * @returns {import('./editable-list.js').Editor<Condition[]> & { offer: (variants: string[]) => void }} with what is to
 *   be called when it has others
 */
export function conditionsEditor(conditions, variants) {
  let offered = variants;
  /** @type {Set<HTMLSelectElement>} */
  const choices = new Set();
  const offer = (/** @type {HTMLSelectElement} */ choice) => {
    const kept = offered.includes(choice.value) ? choice.value : '';
    fill(choice, kept, [['', 'by chance'], ...offered.map((variant) => [variant, variant])]);
    if (choice.parentElement) choice.parentElement.hidden = offered.length === 0;
  };
  const list = new EditableList({
    add: 'Add a condition',
    values: conditions,
    empty: () => /** @type {Condition} */ ({ properties: [], rollout_percentage: 100 }),
    remove: 'Remove this condition',
    editor: (condition, removal) => {
      const variant = element('select', {}, element('option', {}, condition.variant ?? ''));
      const editor = conditionEditor(condition, variant, removal);
      choices.add(variant);
      offer(variant);
      return editor;
    },
  });
  return {
    element: list.element,
    read: () => list.read(),
    offer(variants) {
      offered = variants;
      choices.forEach(offer);
    },
  };
}

/**
 * @param {Condition} condition
 * @param {HTMLSelectElement} variant
 * @param {HTMLElement} removal
 * @returns {import('./editable-list.js').Editor<Condition>}
 */
function conditionEditor(condition, variant, removal) {
  const properties = new EditableList({
    add: 'Add a property',
    values: condition.properties ?? [],
    empty: () => /** @type {Property} */ ({ key: '', type: 'person', operator: 'exact', value: '' }),
    remove: 'Remove this property',
    editor: propertyEditor,
    changed: () => describe(),
  });
  const legend = element('legend', {});
  const describe = () => {
    legend.textContent = properties.read().length > 0 ? 'People of whom all of this is true' : 'Everybody';
  };
  describe();
  const share = String(condition.rollout_percentage ?? 100);
  const number = element('input', { type: 'number', min: 0, max: 100, step: 'any', required: true, value: share });
  const slider = element('input', { type: 'range', min: 0, max: 100, value: share, 'aria-label': 'Rollout' });
  slider.addEventListener('input', () => (number.value = slider.value));
  number.addEventListener('input', () => (slider.value = number.value));
  return {
    element: element(
      'fieldset',
      { class: 'condition' },
      legend,
      removal,
      properties.element,
      element('div', { class: 'rollout' }, element('label', {}, 'Rollout', number, '%'), slider),
      element('label', { class: 'override' }, 'Variant', variant),
    ),
    read: () => ({
      ...condition,
      properties: properties.read(),
      rollout_percentage: Number(number.value),
      variant: variant.value || null,
    }),
  };
}

/**
 * @param {Property} property
 * @param {HTMLElement} removal
 * @returns {import('./editable-list.js').Editor<Property>}
 */
function propertyEditor(property, removal) {
  if ((property.type ?? 'person') !== 'person') {
    // Cohorts, groups and other flags are kept, and shown.
    const words = `${property.type}: ${propertyTold(property)}`;
    const row = element('div', { class: 'property' }, element('span', {}, words), removal);
    return { element: row, read: () => property };
  }
  const key = element('input', {
    required: true,
    value: property.key,
    'aria-label': 'Property',
    placeholder: 'email',
    autocapitalize: 'none',
    spellcheck: 'false',
  });
  const operator = element(
    'select',
    { 'aria-label': 'Comparison' },
    Object.entries(OPERATORS).map(([name, words]) => element('option', { value: name }, words)),
  );
  operator.value = property.operator ?? 'exact';
  const before = isAlone(operator.value) ? '' : valueText(property.value);
  const value = element('input', { value: before, 'aria-label': 'Value', autocapitalize: 'none', spellcheck: 'false' });
  const show = () => {
    value.hidden = isAlone(operator.value);
    value.placeholder = OF_LISTS.includes(operator.value) ? 'one, or another' : '';
  };
  operator.addEventListener('change', show);
  show();
  const read = () => {
    if (isAlone(operator.value)) return operator.value;
    // What nobody has touched stays what it was: a number, or a text with a comma in it.
    if (value.value === before && operator.value === (property.operator ?? 'exact')) return property.value;
    if (!OF_LISTS.includes(operator.value)) return value.value;
    return value.value.split(',').map((one) => one.trim());
  };
  return {
    element: element('div', { class: 'property' }, key, operator, value, removal),
    read: () => ({ ...property, key: key.value, type: 'person', operator: operator.value, value: read() }),
  };
}
