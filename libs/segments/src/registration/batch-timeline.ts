/** A stretch of a Flow's timeline, [start, end) in nanoseconds. */
export interface Stretch {
  readonly start: bigint;
  readonly end: bigint;
}

/** The stretches one request has taken so far; they never overlap. */
export class BatchTimeline<Item extends Stretch> {
  private readonly taken: Item[] = [];

  /** What was taken, in time order. */
  get items(): readonly Item[] {
    return this.taken;
  }

  /** What was taken before and overlaps the stretch. */
  overlapping(stretch: Stretch): Item | undefined {
    const next = this.taken[this.firstEndingAfter(stretch.start)];
    return next && next.start < stretch.end ? next : undefined;
  }

  /** Takes a stretch that overlaps no other. Segments mostly come in time order, so this mostly appends. */
  take(item: Item): void {
    this.taken.splice(this.firstEndingAfter(item.start), 0, item);
  }

  private firstEndingAfter(time: bigint): number {
    let low = 0;
    let high = this.taken.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.taken[middle];
      if (item && item.end > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
