/** The middle value, or the mean of the two in the middle. @param {number[]} values at least one */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The median with all that it is of. @param {number[]} values at least one */
export function summary(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values), values };
}
