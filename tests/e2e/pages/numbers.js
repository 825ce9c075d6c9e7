/** Numbers that are somebody's, made up with the check digits that make them look real. */

import { chance, pick } from '/chance.js';

const digit = () => Math.floor(chance() * 10);
const digits = (count) => Array.from({ length: count }, digit).join('');
const between = (least, most) => least + Math.floor(chance() * (most - least + 1));
const two = (number) => String(number).padStart(2, '0');
const sum = (text, weights) => [...text].reduce((sum, digit, at) => sum + Number(digit) * weights[at], 0);
const grouped = (text, sizes, separator) => {
  let at = 0;
  return sizes.map((size) => text.slice(at, (at += size))).join(separator);
};

/** The digit that makes a number pass Luhn's check. */
const luhn = (text) => {
  const total = [...text].reverse().reduce((sum, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return sum + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (total % 10)) % 10);
};
const withLuhn = (text) => text + luhn(text);

/** The number of a payment card, as people write it. */
export const card = () => {
  const [prefix, length, sizes] = pick([
    ['4', 16, [4, 4, 4, 4]],
    [`5${between(1, 5)}`, 16, [4, 4, 4, 4]],
    ['2221', 16, [4, 4, 4, 4]],
    ['34', 15, [4, 6, 5]],
    ['37', 15, [4, 6, 5]],
    ['6011', 16, [4, 4, 4, 4]],
    ['3528', 16, [4, 4, 4, 4]],
    ['36', 14, [4, 6, 4]],
  ]);
  const number = withLuhn(prefix + digits(length - prefix.length - 1));
  return grouped(number, sizes, pick(['', ' ', '-']));
};

const date = () => [two(between(0, 99)), two(between(1, 12)), two(between(1, 28))];

/** Ids that states give to persons, as far as hoglet knows them: src/core/redact/national_id.rs. */
export const NATIONAL_IDS = [
  function dni() {
    const number = digits(8);
    return number + 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23];
  },
  function hetu() {
    const [year, month, day] = date();
    const number = day + month + year + two(between(2, 89)) + digit();
    return `${number.slice(0, 6)}-${number.slice(6)}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(number) % 31]}`;
  },
  function pesel() {
    const number = date().join('') + digits(4);
    return number + ((10 - (sum(number, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
  },
  function cpf() {
    const check = (text) => {
      const rest = (sum(text, Array.from({ length: text.length }, (_, at) => text.length + 1 - at)) * 10) % 11;
      return String(rest % 10);
    };
    let number = digits(9);
    if (/^(\d)\1*$/.test(number)) number = `1${number.slice(1)}2`.slice(0, 9);
    number += check(number);
    number += check(number);
    return `${grouped(number.slice(0, 9), [3, 3, 3], '.')}-${number.slice(9)}`;
  },
  function ric() {
    const number = `11010${between(1, 9)}19${date().join('')}${digits(3)}`;
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    return number + '10X98765432'[sum(number, weights) % 11];
  },
  function personnummer() {
    const number = withLuhn(date().join('') + digits(3));
    return `${number.slice(0, 6)}-${number.slice(6)}`;
  },
  function ahv() {
    const number = `756${digits(9)}`;
    const check = (10 - (sum(number, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10;
    return grouped(number + check, [3, 4, 4, 2], '.');
  },
  function ssn() {
    return `${between(100, 665)}-${two(between(1, 99))}-${String(between(1, 9999)).padStart(4, '0')}`;
  },
];
