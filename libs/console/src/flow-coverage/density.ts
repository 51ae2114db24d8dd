/** A stretch of the media timeline in nanoseconds: [start, end). */
export interface Stretch {
  readonly start: bigint;
  readonly end: bigint;
}

/** A stretch, and how much of it segments cover: more than 0, and 1 when there is no hole. */
export interface Run extends Stretch {
  readonly density: number;
}

/** Places looked at in a window that holds too many segments to look at each; more when it has more steps. */
const PROBES = 500;

/** How a window is divided: into steps of equal length, of which the last may be shorter. */
export class Steps {
  readonly length: bigint;
  readonly count: number;
  /** Places to look at in each step. */
  private readonly probesInStep: number;

  /** @param most steps there may be */
  constructor(
    private readonly window: Stretch,
    most: number,
  ) {
    const whole = window.end - window.start;
    this.length = ceiling(whole, BigInt(most));
    this.count = Number(ceiling(whole, this.length));
    this.probesInStep = Math.max(1, Math.floor(PROBES / this.count));
  }

  /** Where to look: evenly within each step, at its start first. */
  probes(): bigint[] {
    return Array.from({ length: this.count * this.probesInStep }, (_, index) => this.probe(index));
  }

  /**
   * Estimates how dense each step is.
   * @param holes those of the {@link probes} that no segment covers, by their place: where the next segment begins
   */
  estimate(holes: ReadonlyMap<number, bigint | undefined>): Run[] {
    const lacking = new Array<bigint>(this.count).fill(0n);
    for (const [place, next] of holes) {
      const [start, end] = [this.probe(place), this.probe(place + 1)];
      const step = Math.floor(place / this.probesInStep);
      lacking[step] = (lacking[step] ?? 0n) + (next === undefined ? end : earlier(next, end)) - start;
    }
    return this.runs((step) => {
      const { start, end } = this.bounds(step);
      return end - start - (lacking[step] ?? 0n);
    });
  }

  /** How dense each step is, given all that is covered. @param islands in order, within the window */
  measure(islands: readonly Stretch[]): Run[] {
    const covered = new Array<bigint>(this.count).fill(0n);
    for (const { start, end } of islands) {
      for (let step = this.stepOf(start); step < this.count && this.edge(step) < end; step += 1) {
        covered[step] = (covered[step] ?? 0n) + overlap({ start, end }, this.bounds(step));
      }
    }
    return this.runs((step) => covered[step] ?? 0n);
  }

  /** Leaves out what is empty, and makes one run of full steps in a row. */
  private runs(coveredOf: (step: number) => bigint): Run[] {
    const runs: Run[] = [];
    for (let step = 0; step < this.count; step += 1) {
      const { start, end } = this.bounds(step);
      const density = share(coveredOf(step), end - start);
      const last = runs.at(-1);
      if (density === 0) continue;
      if (density === 1 && last?.density === 1 && last.end === start) runs[runs.length - 1] = { ...last, end };
      else runs.push({ start, end, density });
    }
    return runs;
  }

  private bounds(step: number): Stretch {
    return { start: this.edge(step), end: this.edge(step + 1) };
  }

  private edge(step: number): bigint {
    return earlier(this.window.start + BigInt(step) * this.length, this.window.end);
  }

  private probe(index: number): bigint {
    const offset = (BigInt(index) * this.length) / BigInt(this.probesInStep);
    return earlier(this.window.start + offset, this.window.end);
  }

  private stepOf(instant: bigint): number {
    return Number((instant - this.window.start) / this.length);
  }
}

function overlap(a: Stretch, b: Stretch): bigint {
  const [start, end] = [a.start > b.start ? a.start : b.start, earlier(a.end, b.end)];
  return end > start ? end - start : 0n;
}

/** As a number from 0 to 1 that is 0 or 1 only when it is exactly that. */
function share(part: bigint, whole: bigint): number {
  if (part <= 0n) return 0;
  if (part >= whole) return 1;
  return Math.min(0.999_999, Math.max(0.000_001, Number((part * 1_000_000n) / whole) / 1_000_000));
}

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function ceiling(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
