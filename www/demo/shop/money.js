// @ts-check
const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** @param {number} cents */
export function money(cents) {
  return euros.format(cents / 100);
}
