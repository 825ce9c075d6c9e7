import { BAGS, BURST_CALLS, SPACED_BAGS } from './measure.js';
import { summary } from './statistics.js';
import { SUBJECTS } from './subjects.js';

const BURST = BURST_CALLS.toLocaleString('en');

/**
 * One line of the report.
 *
 * @typedef {object} Row
 * @property {string} measure
 * @property {'µs' | 'ns' | 'writes' | 'calls'} unit
 * @property {Record<string, ReturnType<typeof summary>>} figures of the subjects that it applies to
 * @property {Record<string, number>} ratios of hoglet to the others that send events, where they are not 0
 */

/** @param {import('./measure.js').Measured} measured @returns {Row[]} */
export function rows({ times, clicks, reads, counts }) {
  const timed = (measure, kind, bag) =>
    row(measure, 'µs', (subject) => summary(times[subject.id].map((round) => round[kind][bag])));
  const counted = (measure, unit, read) => row(measure, unit, (subject) => summary([read(counts[subject.id])]));
  const clicked = (measure, kind) =>
    row(measure, 'µs', (subject) => summary(clicks[subject.id].map((round) => round[kind])));
  const read = (measure, unit, kind) =>
    row(measure, unit, (subject) => summary(reads[subject.id].map((round) => round[kind])));
  const all = Object.keys(BAGS);
  return [
    ...SPACED_BAGS.map((bag) => timed(`capture(), one in a task, ${BAGS[bag]}`, 'spaced', bag)),
    ...all.map((bag) => timed(`capture(), ${BURST} in a task, ${BAGS[bag]}`, 'returned', bag)),
    ...all.map((bag) => timed(`the same with the rest of the task, ${BAGS[bag]}`, 'ended', bag)),
    clicked('a click on a page of 10,000 elements, until its listeners return', 'returned'),
    clicked('the same with the rest of the task, in which it is stored', 'ended'),
    read('isFeatureEnabled(), 50 flags (hoglet is to stay below 2,000)', 'ns', 'loaded'),
    read('the first one after an answer of the server', 'ns', 'first'),
    counted(`localStorage writes by ${BURST} events`, 'writes', ({ delivered }) => delivered.localStorage),
    counted(`sessionStorage writes by ${BURST} events`, 'writes', ({ delivered }) => delivered.sessionStorage),
    counted(`cookie writes by ${BURST} events`, 'writes', ({ delivered }) => delivered.cookie),
    counted('calls into wasm by one capture()', 'calls', ({ returned }) => returned.intoWasm / BURST_CALLS),
    counted('calls from wasm by one capture()', 'calls', ({ returned }) => returned.outOfWasm / BURST_CALLS),
  ];
}

function row(measure, unit, figure) {
  const { hoglet, ...others } = SUBJECTS;
  const applies = (subject) =>
    unit === 'µs' || (['ns', 'writes'].includes(unit) && subject.sends) || (unit === 'calls' && subject === hoglet);
  const subjects = Object.values(SUBJECTS).filter(applies);
  const figures = Object.fromEntries(subjects.map((subject) => [subject.id, figure(subject)]));
  const ratios = Object.values(others)
    .filter(({ id, sends }) => sends && figures[id]?.median > 0)
    .map(({ id }) => [id, figures[hoglet.id].median / figures[id].median]);
  return { measure, unit, figures, ratios: Object.fromEntries(ratios) };
}
