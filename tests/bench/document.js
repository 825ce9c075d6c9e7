/** The report as a page of the demo: www/bench.html, which needs nothing beside it. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { HEIGHT, plot, shown } from './plot.js';
import { conditions, misses, ratio, sections, verdict } from './report.js';
import { SUBJECTS } from './subjects.js';

const STYLES = ['../../www/demo/styles/tokens.css', '../../www/demo/styles/base.css', 'document.css'];

const SENDING = Object.values(SUBJECTS).filter(({ sends }) => sends);

/** @param {import('./report.js').Report} report */
export function page(report) {
  const styles = STYLES.map((file) => readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8')).join('\n');
  const goals = report.rows.filter(({ goal }) => goal);
  const met = goals.filter(({ goal }) => goal.isMet).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What hoglet costs a page</title>
<link rel="icon" href="data:,">
<style>
${styles.trim()}
</style>
</head>
<body>
<main class="bench">
<header>
<p class="back"><a href="/">Underhedge</a></p>
<h1>What hoglet costs a page</h1>
<p>hoglet beside posthog-js on the same page, in the same browser, with the same collector, written by <code>cargo xtask bench</code>.
Shorter is better. A whisker reaches from the lowest to the highest round; the mark across hoglet's bar is its goal. Of
${goals.length} goals ${met} are met.</p>
<ul class="legend">${SENDING.map(legend).join('')}</ul>
</header>
${sections(report).map(section).join('\n')}
${obstacles(misses(report))}
<footer><p>${escaped(conditions(report))}</p></footer>
</main>
</body>
</html>
`;
}

/** @param {string[]} missed what is said of the goals that are not met */
function obstacles(missed) {
  if (missed.length === 0) return '';
  const items = missed.map((line) => `<li>${escaped(line)}</li>`);
  return `<section><h2>What stands in the way</h2>\n<ul class="misses">${items.join('\n')}</ul></section>`;
}

function legend({ id, title }) {
  return `<li class="${id}">${escaped(title)}</li>`;
}

function section([title, rows]) {
  return `<section>
<h2>${escaped(title)}</h2>
<table>
<thead><tr><th>measure</th><th></th><th>ratio</th><th>goal</th></tr></thead>
<tbody>
${rows.map(line).join('\n')}
</tbody>
</table>
</section>`;
}

function line(row) {
  const { goal, measure, unit } = row;
  const standing = goal ? (goal.isMet ? 'met' : 'missed') : '';
  const height = shown(row).length * HEIGHT;
  const drawing = `viewBox="0 0 520 ${height}" width="520" height="${height}" role="img" aria-label="${escaped(measure)}"`;
  return (
    `<tr class="${standing}"><th scope="row">${escaped(measure)}, ${unit}</th><td><svg ${drawing}>${plot(row)}</svg></td>` +
    `<td>${ratio(row)}</td><td>${escaped(verdict(row))}</td></tr>`
  );
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
