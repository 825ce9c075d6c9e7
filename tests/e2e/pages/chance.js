/** Chance that can be had again: it comes from a seed. */

let state = 0;

export const seeded = (seed) => {
  state = seed >>> 0;
};

/** From 0 up to 1 (mulberry32). */
export const chance = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
};

/** One of a list. */
export const pick = (list) => list[Math.floor(chance() * list.length)];
