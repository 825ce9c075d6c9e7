/**
 * The page that is measured: `?subject=` says whose `capture()`, `?token=` the project that its events go to, `?event=`
 * their name; `?count` has storage writes and wasm calls counted, `?memory` has the memory of wasm known, `?clicks` has clicks
 * captured on a page of many elements, `?flags` has the project's flags asked for.
 * `window.bench` is there when the subject is ready.
 */

import { bags } from './bags.js';
import { count, counts } from './counters.js';
import { subjects } from './subjects.js';
import { buttons } from './elements.js';
import { burst, clicks, firstReads, reads, spaced, tasks } from './timing.js';
import { wasmBytes, watchWasm } from './wasm-memory.js';

const query = new URLSearchParams(location.search);
// Before the subject is imported, which might keep the functions that are to be counted.
if (query.has('count')) count();
if (query.has('memory')) watchWasm();
const subject = await subjects[query.get('subject')](query.get('token'), {
  autocapture: query.has('clicks'),
  advanced_disable_flags: !query.has('flags'),
});
if (query.has('flags')) await new Promise((resolve) => subject.onFeatureFlags(resolve));
const capture = (bag) => subject.capture(query.get('event'), bag);

window.bench = {
  /** @param {string} bag @param {number} calls */
  spaced: (bag, calls) => spaced(capture, bags[bag], calls),
  /** @param {string} bag @param {number} calls */
  burst: (bag, calls) => burst(capture, bags[bag], calls),
  /** @param {string} bag @param {number} calls @param {number} count of tasks */
  tasks: (bag, calls, count) => tasks(capture, bags[bag], calls, count),
  wasmBytes,
  /** @param {number} calls */
  clicks: (calls) => clicks(buttons(), calls),
  /** @param {string[]} keys @param {number} calls */
  reads: (keys, calls) => reads(subject, keys, calls),
  /** @param {string} key @param {number} answers */
  firstReads: (key, answers) => firstReads(subject, key, answers),
  /** What has been counted so far. */
  counts: () => ({ ...counts }),
  /** Makes the calls in one task and gives what has been counted when the last returns. */
  countedBurst(bag, calls) {
    for (let index = 0; index < calls; index += 1) capture(bags[bag](index));
    return { ...counts };
  },
};
