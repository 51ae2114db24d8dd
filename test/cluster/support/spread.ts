/** Median and worst of some times in words. @param milliseconds at least one */
export function spread(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const seconds = (value = Number.NaN): string => (value / 1000).toFixed(2);
  return `${seconds(sorted[Math.floor(sorted.length / 2)])} s (median), ${seconds(sorted.at(-1))} s (worst)`;
}
