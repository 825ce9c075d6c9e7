// @ts-check

/** @typedef {import('./collector.js').Property} Property */

/** What operators are called. */
export const OPERATORS = {
  exact: 'is',
  is_not: 'is not',
  icontains: 'contains',
  not_icontains: 'does not contain',
  starts_with: 'begins with',
  not_starts_with: 'does not begin with',
  ends_with: 'ends with',
  not_ends_with: 'does not end with',
  regex: 'matches',
  not_regex: 'does not match',
  is_set: 'is set',
  is_not_set: 'is not set',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  is_date_before: 'is before',
  is_date_after: 'is after',
  semver_eq: 'is version',
  semver_neq: 'is not version',
  semver_gt: 'is a version after',
  semver_gte: 'is a version from',
  semver_lt: 'is a version before',
  semver_lte: 'is a version up to',
  semver_tilde: 'is a version like ~',
  semver_caret: 'is a version like ^',
  semver_wildcard: 'is a version like',
};

/** These have a property or not, and compare it with nothing. @param {string} operator */
export function isAlone(operator) {
  return operator === 'is_set' || operator === 'is_not_set';
}

/** Who gets a flag, in a few words. @param {import('./collector.js').Flag} flag */
export function told({ filters, early_access: earlyAccess }) {
  const { groups, multivariate } = filters;
  const [only] = groups;
  const who =
    groups.length === 0 ? 'nobody' : groups.length > 1 ? `${groups.length} conditions` : condition(only);
  const variants = multivariate?.variants.length ?? 0;
  return [who, variants > 0 && `${variants} variants`, earlyAccess && 'early access'].filter(Boolean).join(' · ');
}

/** @param {import('./collector.js').Condition} condition */
function condition({ properties, rollout_percentage: percentage }) {
  const [first, ...others] = properties ?? [];
  const share = `${percentage ?? 100} %`;
  if (!first) return share;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `${share} of those whose ${propertyTold(first)}${more}`;
}

/** @param {Property} property */
export function propertyTold({ key, operator = 'exact', value }) {
  const name = OPERATORS[/** @type {keyof typeof OPERATORS} */ (operator)] ?? operator;
  return isAlone(operator) ? `${key} ${name}` : `${key} ${name} ${valueText(value)}`;
}

/** A value as it is shown and typed: a list has commas. @param {unknown} value @returns {string} */
export function valueText(value) {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
