/**
 * A quantile of what fell into buckets, as Prometheus's `histogram_quantile` estimates it: within a bucket observations lie evenly.
 * @param counts observations by bucket, not cumulated; the last bucket is above every bound
 * @returns in the unit of the bounds; NaN when nothing was observed
 */
export function quantileOf(share: number, bounds: readonly number[], counts: ArrayLike<number>): number {
  let total = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket += 1) total += counts[bucket] ?? 0;
  if (total <= 0) return Number.NaN;
  const wanted = share * total;
  let below = 0;
  for (const [bucket, bound] of bounds.entries()) {
    const count = counts[bucket] ?? 0;
    const lower = bucket === 0 ? 0 : (bounds[bucket - 1] ?? 0);
    if (count > 0 && below + count >= wanted) return lower + ((bound - lower) * (wanted - below)) / count;
    below += count;
  }
  return bounds.at(-1) ?? Number.NaN;
}
