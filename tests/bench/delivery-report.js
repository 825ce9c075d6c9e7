import { SUBJECTS } from './subjects.js';

const { hoglet, posthog } = SUBJECTS;

/**
 * @typedef {object} DeliveryReport
 * @property {import('./machine.js').Machine} machine
 * @property {DeliveryRow[]} rows
 *
 * @typedef {object} DeliveryRow
 * @property {import('../delivery/scenarios.js').Scenario} scenario
 * @property {import('../delivery/tally.js').Tally} hoglet
 * @property {import('../delivery/tally.js').Tally} posthog
 */

/** The report for the terminal. @param {DeliveryReport} report */
export function text(report) {
  const lines = [HEADINGS, ...report.rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const aligned = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '),
  );
  return `${aligned.join('\n')}\n\n${conditions(report)}\n`;
}

/** The report as a document. @param {DeliveryReport} report */
export function markdown(report) {
  const lines = [HEADINGS, HEADINGS.map((_, column) => (column === 0 ? '---' : '--:')), ...report.rows.map(cells)];
  const stories = report.rows.map(({ scenario }) => `- **${scenario.title}**: ${scenario.story}.`);
  return `# What is lost, and what comes twice

Written by \`cargo xtask bench delivery\`, which has a browser, a server and a page go wrong in these ways and counts what has
arrived at the server in the end. ${conditions(report)}

${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}

- *lost*: captured and not stored by the server some time after everything worked again: 15 s on the next page of the site,
  or 45 s where the page stays open, which are 120 s after a long fault.
- *doubled*: sent again although the SDK had been told that the server has it.
- *sent again*: sent again because nobody could be told, for the page was gone or the connection was cut. Events keep their
  ids, by which the server knows them.

## What happens

${stories.join('\n')}

What fails while a page stays open fails for 10 s. Unless it is said otherwise, events are captured when the SDK is ready. Both
SDKs have their default settings; those of ${posthog.title} let 100 events pass at once and then 10 a second, and drop the
others.
`;
}

const HEADINGS = [
  'scenario',
  'captured',
  ...[hoglet, posthog].flatMap(({ title }) => [`${title} lost`, 'doubled', 'sent again']),
];

/** @param {DeliveryRow} row */
function cells({ scenario, hoglet, posthog }) {
  return [
    scenario.title,
    number(hoglet.captured),
    ...[hoglet, posthog].flatMap(({ lost, doubled, resent }) => [lost, doubled, resent].map(number)),
  ];
}

function conditions({ machine }) {
  return (
    `Chromium ${machine.chromium}, hoglet ${machine.hoglet}, posthog-js ${machine.posthog}, on ${machine.cores} cores ` +
    `(${machine.processor}).`
  );
}

function number(value) {
  return value.toLocaleString('en');
}
