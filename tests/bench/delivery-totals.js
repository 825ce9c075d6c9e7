import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { SUBJECTS } from './subjects.js';

const FILE = fileURLToPath(new URL('delivery.json', import.meta.url));

/**
 * What `cargo xtask bench delivery` has found, which takes longer than all other measures: for their report.
 *
 * @typedef {object} Totals
 * @property {number} scenarios
 * @property {number} captured
 * @property {Record<string, number>} lost events, by the ids of subjects
 */

/** @param {import('./delivery-report.js').DeliveryRow[]} rows */
export function writeTotals(rows) {
  const sum = (read) => rows.reduce((total, row) => total + read(row), 0);
  const { hoglet, posthog } = SUBJECTS;
  const lost = { [hoglet.id]: sum((row) => row.hoglet.lost), [posthog.id]: sum((row) => row.posthog.lost) };
  const totals = { scenarios: rows.length, captured: sum((row) => row.hoglet.captured), lost };
  writeFileSync(FILE, `${JSON.stringify(totals, null, 2)}\n`);
}

/** @returns {Totals} */
export function readTotals() {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}
