/** The bars of one row, one below the other, in user units of its drawing. */

import { middle } from './report.js';
import { SUBJECTS } from './subjects.js';

/** What one bar takes, with the room around it. */
export const HEIGHT = 16;

const BAR = 10;
/** The longest bar; the rest is for its figure. */
const WIDTH = 420;

/** The subjects that a row has bars of. @param {import('./rows.js').Row} row */
export function shown({ figures }) {
  return Object.values(SUBJECTS).filter(({ id, sends }) => sends && figures[id]);
}

/** @param {import('./rows.js').Row} row */
export function plot(row) {
  const { figures, goal } = row;
  const longest = Math.max(...shown(row).map(({ id }) => figures[id].highest)) || 1;
  const at = (value) => Math.max(0, (value / longest) * WIDTH).toFixed(1);
  const bars = shown(row).map(({ id }, number) => {
    const { median, lowest, highest } = figures[id];
    const [top, centre] = [number * HEIGHT + (HEIGHT - BAR) / 2, (number + 0.5) * HEIGHT];
    const whisker = lowest === highest ? '' : `<path class="whisker" d="M${at(lowest)} ${centre}H${at(highest)}"/>`;
    const text = (Number(at(highest)) + 6).toFixed(1);
    return (
      `<rect class="${id}" y="${top}" width="${at(median)}" height="${BAR}"/>${whisker}` +
      `<text x="${text}" y="${centre}">${middle(row, { id })}</text>`
    );
  });
  return bars.join('') + goalMark(goal, figures, at);
}

/** Where hoglet's bar is to end. */
function goalMark(goal, figures, at) {
  if (!goal) return '';
  const most = goal.of === 'ratio' ? goal.most * figures[SUBJECTS.posthog.id].median : goal.most;
  return `<path class="goal" d="M${at(most)} 0V${HEIGHT}"/>`;
}
