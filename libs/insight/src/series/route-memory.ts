import { metrics } from '@tams/telemetry';
import { quantileOf } from './quantile';
import { isUsed } from './readings';

/** Slots of the last hour, of five minutes each. */
const SLOTS = 12;
export const SLOT_SECONDS = 300;
/** Routes that are told apart; the server has about a hundred. */
const MOST_ROUTES = 400;

/** How one method of one route did in the last hour. */
export interface RouteFigures {
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  /** Answered 4xx, and clients that left. */
  readonly rejected: number;
  /** Answered 5xx. */
  readonly errors: number;
  /** Of the successful ones, in seconds; null when there were none. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Counted so far, and by slot. */
class RouteCounts {
  private readonly width: number;
  private readonly slots: Float64Array;
  private readonly before: Float64Array;

  /** @param buckets of the histogram of durations */
  constructor(private readonly buckets: number) {
    // Successes by bucket, then rejected, then errors.
    this.width = buckets + 2;
    this.slots = new Float64Array(SLOTS * this.width);
    this.before = new Float64Array(this.width);
  }

  /** Adds what was counted since the last look. */
  grow(slot: number, column: number, counted: number): void {
    const at = slot * this.width + column;
    this.slots[at] = (this.slots[at] ?? 0) + Math.max(0, counted - (this.before[column] ?? 0));
    this.before[column] = counted;
  }

  clear(slot: number): void {
    this.slots.fill(0, slot * this.width, (slot + 1) * this.width);
  }

  /** Sums over the slots, by column. */
  sums(): Float64Array {
    const sums = new Float64Array(this.width);
    for (const [index, count] of this.slots.entries())
      sums[index % this.width] = (sums[index % this.width] ?? 0) + count;
    return sums;
  }

  get rejectedColumn(): number {
    return this.buckets;
  }

  get bytes(): number {
    return this.slots.byteLength + this.before.byteLength;
  }
}

/** How every route did in the last hour, counted from the same histogram as `/metrics`. */
export class RouteMemory {
  private readonly routes = new Map<string, { method: string; route: string; counts: RouteCounts }>();
  private slot = 0;
  private slotBegan: number | undefined;

  /** @param seconds on a clock that never jumps */
  look(seconds: number): void {
    this.slotBegan ??= seconds;
    if (seconds - this.slotBegan >= SLOT_SECONDS) {
      this.slot = (this.slot + 1) % SLOTS;
      this.slotBegan = seconds;
      for (const { counts } of this.routes.values()) counts.clear(this.slot);
    }
    for (const { labels, series } of metrics.httpRequestDuration.entries()) {
      const { method, endpoint, outcome } = labels;
      if (!isUsed(endpoint) || (series.count === 0 && !this.routes.has(`${method} ${endpoint}`))) continue;
      const counts = this.countsOf(method, endpoint);
      if (!counts) continue;
      if (outcome === 'success')
        for (const [bucket, count] of series.counts.entries()) counts.grow(this.slot, bucket, count);
      else counts.grow(this.slot, counts.rejectedColumn + (outcome === 'error' ? 1 : 0), series.count);
    }
  }

  /** Routes that had requests in the last hour: those that failed most first, then the slowest. */
  figures(): RouteFigures[] {
    const { bounds } = metrics.httpRequestDuration;
    return [...this.routes.values()]
      .map(({ method, route, counts }) => {
        const sums = counts.sums();
        const [rejected = 0, errors = 0] = sums.subarray(counts.rejectedColumn);
        const successes = sums.subarray(0, counts.rejectedColumn);
        const quantile = (share: number) => finite(quantileOf(share, bounds, successes));
        const requests = successes.reduce((sum, count) => sum + count, rejected + errors);
        const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)];
        return { method, route, requests, rejected, errors, p50, p95, p99 };
      })
      .filter(({ requests }) => requests > 0)
      .sort((one, other) => other.errors - one.errors || (other.p95 ?? 0) - (one.p95 ?? 0));
  }

  get bytes(): number {
    let bytes = 0;
    for (const { counts } of this.routes.values()) bytes += counts.bytes;
    return bytes;
  }

  private countsOf(method: string, route: string): RouteCounts | undefined {
    const key = `${method} ${route}`;
    const known = this.routes.get(key);
    if (known) return known.counts;
    if (this.routes.size >= MOST_ROUTES) return undefined;
    const counts = new RouteCounts(metrics.httpRequestDuration.bounds.length + 1);
    this.routes.set(key, { method, route, counts });
    return counts;
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
