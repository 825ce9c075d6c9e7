import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../../README.md', import.meta.url));
const BEGIN = '<!-- bench:begin -->\n';
const END = '<!-- bench:end -->';

/** Puts the figures into the README, in the place that it has for them. @param {string} markdown */
export function writeReadme(markdown) {
  const parts = readFileSync(FILE, 'utf8').split(BEGIN);
  const [before, rest] = parts;
  const end = rest?.indexOf(END) ?? -1;
  if (parts.length !== 2 || end < 0) {
    throw new Error(`README.md needs one place for the figures: ${BEGIN.trim()} and, on a later line, ${END}`);
  }
  writeFileSync(FILE, before + BEGIN + markdown + rest.slice(end));
}
