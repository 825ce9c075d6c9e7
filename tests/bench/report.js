import { SUBJECTS } from './subjects.js';

const { hoglet, posthog } = SUBJECTS;
const OTHERS = [SUBJECTS.posthogLatest, SUBJECTS.posthogSlim, SUBJECTS.snowplow];

/** Where there is nothing to say. */
const NONE = '–';

/**
 * @typedef {object} Report
 * @property {import('./machine.js').Machine} machine
 * @property {number} rounds
 * @property {import('./rows.js').Row[]} rows
 * @property {Record<string, number>} delivered how many events of each subject arrived, which are all
 */

/** The report for the terminal. @param {Report} report */
export function text(report) {
  const subjects = [hoglet, posthog, ...OTHERS, SUBJECTS.floor];
  const cells = (row) => [
    `  ${row.measure}, ${row.unit}`,
    spread(row, hoglet),
    spread(row, posthog),
    ratio(row),
    verdict(row),
    ...subjects.slice(2).map((subject) => spread(row, subject)),
  ];
  const headings = ['median (lowest to highest)', hoglet.title, posthog.title, 'ratio', 'goal', ...subjects.slice(2).map(({ title }) => title)];
  const lines = [headings];
  for (const [section, rows] of sections(report)) {
    lines.push([section, ...Array(headings.length - 1).fill('')], ...rows.map(cells));
  }
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const aligned = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd(),
  );
  return [aligned.join('\n'), misses(report).join('\n'), conditions(report), ''].filter((part) => part !== undefined).join('\n\n');
}

/** The report for the README. @param {Report} report */
export function markdown(report) {
  const cells = (row) => [
    `${code(row.measure)}, ${row.unit}`,
    ...[hoglet, posthog].map((subject) => middle(row, subject)),
    ratio(row),
    verdict(row),
    ...OTHERS.map((subject) => middle(row, subject)),
  ];
  const headings = ['measure', hoglet.title, posthog.title, 'ratio', 'goal', ...OTHERS.map(({ title }) => code(title))];
  const lines = [headings, headings.map((_, column) => (column === 0 ? '---' : '--:'))];
  for (const [section, rows] of sections(report)) {
    lines.push([`**${section}**`, ...Array(headings.length - 1).fill('')], ...rows.map(cells));
  }
  const table = lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
  const missed = misses(report).map((line) => `- ${code(line)}`);
  const told = missed.length > 0 ? `\n\nWhat stands in the way of the goals that are not met:\n\n${missed.join('\n')}` : '';
  return `${table}${told}\n\n${conditions(report)}\n`;
}

/** The rows by their sections, in order. @param {Report} report @returns {[string, import('./rows.js').Row[]][]} */
export function sections({ rows }) {
  const names = [...new Set(rows.map(({ section }) => section))];
  return names.map((name) => [name, rows.filter(({ section }) => section === name)]);
}

/** What is said of the goals that are not met. @param {Report} report @returns {string[]} */
export function misses({ rows }) {
  return rows
    .filter(({ goal }) => goal && !goal.isMet)
    .map((row) => `${row.measure} (${told(row)}, the goal is ${number(row.goal.most)}): ${row.goal.obstacle}`);
}

/** How it was measured. @param {Report} report */
export function conditions({ machine, rounds, delivered }) {
  const ours = Object.values(SUBJECTS).filter(({ isPosthog }) => isPosthog);
  const all = ours.reduce((sum, { id }) => sum + delivered[id], 0);
  return (
    `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in one browser on ${machine.cores} cores (${machine.processor}): ` +
    `Chromium ${machine.chromium}, hoglet ${machine.hoglet}, posthog-js ${machine.posthog}, ` +
    `@snowplow/browser-tracker ${machine.snowplow}. All ${number(all)} events for PostHog arrived, each once. ` +
    `With its newest defaults posthog-js writes to storage every 250 ms, else with every event.`
  );
}

/** Marks code as Markdown does. */
function code(words) {
  return words.replace(/(capture|isFeatureEnabled|init)\(\)|(defaults|load): '\w+'/g, '`$&`');
}

/** How hoglet's figure, or its ratio, stands to the goal. @param {import('./rows.js').Row} row */
export function verdict(row) {
  const { goal, figures, ratios } = row;
  if (!goal) return '';
  const most = goal.most === 0 ? '0' : `≤ ${digits(goal.most, 1, 3)}`;
  if (goal.isMet) return `${most}, met`;
  const reached = goal.of === 'ratio' ? ratios[posthog.id] / goal.most : figures[hoglet.id].median;
  return `${most}, missed ${goal.most === 0 ? `by ${number(reached)}` : `${digits(reached, 2, 2)} times`}`;
}

/** What a goal is about. */
function told(row) {
  return row.goal.of === 'ratio' ? ratio(row) : middle(row, hoglet);
}

/** @param {import('./rows.js').Row} row @param {import('./subjects.js').Subject} subject */
export function middle({ figures }, { id }) {
  return figures[id] ? number(figures[id].median) : NONE;
}

function spread(row, subject) {
  const { lowest, highest } = row.figures[subject.id] ?? {};
  const around = lowest === highest ? '' : ` (${number(lowest)} to ${number(highest)})`;
  return middle(row, subject) + around;
}

/** @param {import('./rows.js').Row} row */
export function ratio({ ratios }) {
  if (!(posthog.id in ratios)) return NONE;
  return ratios[posthog.id] === 0 ? '0' : digits(ratios[posthog.id], 2, 2);
}

function number(value) {
  return Number.isInteger(value) || value >= 1_000 ? Math.round(value).toLocaleString('en') : digits(value, 1, 3);
}

function digits(value, minimumSignificantDigits, maximumSignificantDigits) {
  return value.toLocaleString('en', { minimumSignificantDigits, maximumSignificantDigits });
}
