/** How much of everything is measured. */

/** How often everything is measured, unless somebody asks for another number. */
export const ROUNDS = 2;

/** Of these rounds those in which memory is looked at: it takes long and varies little. */
export const MEMORY_ROUNDS = 1;

/** Calls of one figure: one in each of so many tasks, or all in one task. */
export const SPACED_CALLS = 100;
export const BURST_CALLS = 1_000;
export const CLICKS = 200;

/** Calls before the first that is timed, for the engine compiles what runs often. */
export const WARM_UP_CALLS = 100;

/** Events in one task as pages have them, and such tasks. */
export const TASK_CALLS = 20;
export const TASKS = 10;

/** Flags that are read in one task, and answers of which the first reading is timed. */
export const READS = 100_000;
export const ANSWERS = 30;

/** After how many events memory is looked at. */
export const FEW = 1_000;
export const MANY = 10_000;

/** How many events wait while the server cannot be reached, and in how many tasks they were captured. */
export const WAITING = 10_000;
export const WAITING_TASKS = 100;

/** How much slower than this machine that of a visitor is who loads a page. */
export const SLOW_DOWN = 4;

/** What is passed to `capture()`, as pages/bags.js has it. */
export const BAGS = {
  small: '3 properties',
  wide: '100 properties',
  nested: 'nested properties',
  awkward: 'a Date and an Error',
};

/** The bags of the calls that are spaced, which take long. */
export const SPACED_BAGS = ['small', 'wide'];
