import { ROUNDS } from './measure.js';
import { SUBJECTS } from './subjects.js';

const { hoglet, posthog, posthogLatest, floor } = SUBJECTS;

/** Where there is nothing to say. */
const NONE = '–';

/**
 * @typedef {object} Report
 * @property {import('./machine.js').Machine} machine
 * @property {import('./rows.js').Row[]} rows
 * @property {Record<string, number>} delivered how many events of each subject arrived, which are all
 */

/** The report for the terminal. @param {Report} report */
export function text(report) {
  const cells = (row) => [
    row.unit === 'ns' ? `${row.measure}, ns` : row.measure,
    spread(row, hoglet),
    spread(row, posthog),
    ratio(row, posthog),
    spread(row, posthogLatest),
    ratio(row, posthogLatest),
    spread(row, floor),
  ];
  const lines = [
    ['µs for one call if nothing else is said, median (lowest to highest)', ...headings(), floor.title],
    ...report.rows.map(cells),
    ['events that arrived, of all', ...control(report), NONE],
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const aligned = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '),
  );
  return `${aligned.join('\n')}\n\n${conditions(report)}\n`;
}

/** The report for the README. @param {Report} report */
export function markdown(report) {
  const cells = (row) => [
    code(row.measure) + (['µs', 'ns'].includes(row.unit) ? `, ${row.unit}` : ''),
    middle(row, hoglet),
    middle(row, posthog),
    ratio(row, posthog),
    middle(row, posthogLatest),
    ratio(row, posthogLatest),
  ];
  const lines = [
    ['measure', ...headings().map(code)],
    ['---', ...headings().map(() => '--:')],
    ...report.rows.map(cells),
    ['events that arrived, of all', ...control(report)],
  ];
  return `${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n\n${conditions(report)}\n`;
}

function headings() {
  return [hoglet.title, posthog.title, 'ratio', posthogLatest.title, 'ratio'];
}

/** Marks code as Markdown does. */
function code(words) {
  return words.replace(/(capture|isFeatureEnabled)\(\)|defaults: 'latest'/, '`$&`');
}

function control({ delivered }) {
  const all = ({ id }) => `${number(delivered[id])} of ${number(delivered[id])}`;
  return [all(hoglet), all(posthog), NONE, all(posthogLatest), NONE];
}

function conditions({ machine }) {
  return (
    `Medians of ${ROUNDS} rounds in one browser on ${machine.cores} cores (${machine.processor}): ` +
    `Chromium ${machine.chromium}, hoglet ${machine.hoglet}, posthog-js ${machine.posthog}. ` +
    "With its newest defaults posthog-js writes to storage every 250 ms, else with every event."
  );
}

function middle({ figures }, { id }) {
  return figures[id] ? number(figures[id].median) : NONE;
}

function spread(row, subject) {
  const { lowest, highest } = row.figures[subject.id] ?? {};
  const around = lowest === highest ? '' : ` (${number(lowest)} to ${number(highest)})`;
  return middle(row, subject) + around;
}

function ratio({ ratios }, { id }) {
  if (!(id in ratios)) return NONE;
  return ratios[id] === 0 ? '0' : digits(ratios[id], 2, 2);
}

function number(value) {
  return Number.isInteger(value) ? value.toLocaleString('en') : digits(value, 1, 3);
}

function digits(value, minimumSignificantDigits, maximumSignificantDigits) {
  return value.toLocaleString('en', { minimumSignificantDigits, maximumSignificantDigits });
}
