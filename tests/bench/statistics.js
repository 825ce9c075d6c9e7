/** The middle value, or the mean of the two in the middle. @param {number[]} values at least one */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** The median, with the values that it is of and how far they are apart. @param {number[]} values at least one */
export function summary(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values), values };
}
