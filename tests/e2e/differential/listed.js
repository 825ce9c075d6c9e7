import { readFileSync } from 'node:fs';

/**
 * The differences that are intended, from differences.json, which the README shows as well.
 *
 * @typedef {object} Row
 * @property {string} posthog what posthog-js does
 * @property {string} hoglet what hoglet does instead
 * @property {string} why
 * @property {Rule[]} [shown] where scripts show it: each rule has to excuse something
 * @property {{ file: string, test: string }} [proved] the test that shows it, where no script can
 *
 * @typedef {object} Rule what a row excuses
 * @property {string} path as in a difference; `*` stands for any part of one member, `**` for any members
 * @property {'posthog' | 'hoglet'} [only] Only this one has something there.
 * @property {[unknown, unknown]} [values] what posthog-js and hoglet have there
 * @property {string[]} [scripts] default any
 */

const file = new URL('differences.json', import.meta.url);

export class Listed {
  /** @type {Row[]} */
  rows;
  /** The version of posthog-js that hoglet is compared with. */
  version;
  #used = new Set();

  constructor() {
    const { version, rows } = JSON.parse(readFileSync(file, 'utf8'));
    this.version = version;
    this.rows = rows;
  }

  /**
   * Whether a row excuses the difference.
   *
   * @param {string} script
   * @param {import('./compare.js').Difference} difference
   */
  excuses(script, difference) {
    const rules = this.#rules().filter((rule) => fits(rule, script, difference));
    for (const rule of rules) this.#used.add(rule);
    return rules.length > 0;
  }

  /** The rules that have excused nothing, though all their scripts are among these. */
  unused(taken) {
    const hadItsChance = ({ scripts = [] }) => scripts.every((name) => taken.includes(name));
    return this.#rules().filter((rule) => hadItsChance(rule) && !this.#used.has(rule));
  }

  /** For each rule the scripts that it is for, as far as it names any. */
  scripts() {
    return this.#rules().map(({ scripts = [] }) => scripts);
  }

  #rules() {
    return this.rows.flatMap(({ shown = [] }) => shown);
  }
}

function fits({ path, only, values, scripts }, script, { path: place, posthog, hoglet }) {
  if (scripts && !scripts.includes(script)) return false;
  if (only && (posthog === undefined) !== (only === 'hoglet')) return false;
  if (only && (hoglet === undefined) !== (only === 'posthog')) return false;
  if (values && JSON.stringify(values) !== JSON.stringify([posthog, hoglet])) return false;
  return isAt(path.split('/'), place.split('/'));
}

function isAt(pattern, members) {
  const [part, ...parts] = pattern;
  if (part === undefined) return members.length === 0;
  if (part === '**') return isAt(parts, members) || (members.length > 0 && isAt(pattern, members.slice(1)));
  return members.length > 0 && matches(part, members[0]) && isAt(parts, members.slice(1));
}

function matches(part, member) {
  const [start, end] = part.split('*');
  return end === undefined ? part === member : member.startsWith(start) && member.endsWith(end);
}
