import { quantileOf } from './quantile';
import type { Reading } from './readings';
import { Ring } from './ring';

/** Seconds between two points of the last hour, and of the last day. */
export const STEP_SECONDS = 5;
export const MINUTE_SECONDS = 60;
const HOUR_POINTS = 3600 / STEP_SECONDS;
const DAY_POINTS = (24 * 3600) / MINUTE_SECONDS;

/** How far back points go. */
export type SeriesWindow = 'hour' | 'day';

/** What was counted up to some moment. */
interface Mark {
  readonly seconds: number;
  readonly value: number;
  readonly counts: Float64Array | undefined;
}

/** One figure: its points, and what they are counted from. */
class RememberedSeries {
  private readonly hour = new Ring(HOUR_POINTS);
  private readonly day = new Ring(DAY_POINTS);
  private last: Mark | undefined;
  private lastMinute: Mark | undefined;
  private mostOfMinute = Number.NaN;

  constructor(readonly reading: Reading) {}

  /** @param seconds on a clock that never jumps @param minuteEnds whether a point of the last day is due */
  look(seconds: number, minuteEnds: boolean): void {
    const mark = this.mark(seconds);
    if (this.last) this.hour.push(this.pointBetween(this.last, mark));
    if (this.reading.kind === 'gauge') this.mostOfMinute = Math.max(mark.value, this.mostOfMinute || mark.value);
    if (minuteEnds) {
      if (this.lastMinute) this.day.push(this.pointBetween(this.lastMinute, mark, this.mostOfMinute));
      this.lastMinute = mark;
      this.mostOfMinute = Number.NaN;
    }
    this.last = mark;
  }

  points(window: SeriesWindow): number[] {
    return (window === 'hour' ? this.hour : this.day).all();
  }

  get newest(): number {
    return this.hour.last;
  }

  get bytes(): number {
    return this.hour.bytes + this.day.bytes;
  }

  private mark(seconds: number): Mark {
    const { reading } = this;
    if (reading.kind !== 'quantile') return { seconds, value: reading.read(), counts: undefined };
    return { seconds, value: 0, counts: reading.source().counts };
  }

  /** @param gauge a gauge's worst value in between, where its last one is not enough */
  private pointBetween(before: Mark, now: Mark, gauge = now.value): number {
    const { reading } = this;
    if (reading.kind === 'gauge') return gauge;
    // A server of the same process that began anew counts from zero.
    if (reading.kind === 'rate') return Math.max(0, now.value - before.value) / (now.seconds - before.seconds);
    const grown = (now.counts ?? new Float64Array()).map((count, bucket) =>
      Math.max(0, count - (before.counts?.[bucket] ?? 0)),
    );
    return quantileOf(reading.share, reading.source().bounds, grown);
  }
}

/** The points of one figure as they are answered. */
export interface SeriesPoints {
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  /** Oldest first; null where there was nothing to measure. */
  readonly points: (number | null)[];
}

/** The last hour at {@link STEP_SECONDS} and the last day by the minute of every figure, in arrays whose memory never grows. */
export class SeriesMemory {
  private readonly series: readonly RememberedSeries[];
  private looks = 0;

  constructor(readings: readonly Reading[]) {
    this.series = readings.map((reading) => new RememberedSeries(reading));
  }

  /** Takes one point of every figure. @param seconds on a clock that never jumps */
  look(seconds: number): void {
    const minuteEnds = this.looks % (MINUTE_SECONDS / STEP_SECONDS) === 0;
    this.looks += 1;
    for (const series of this.series) series.look(seconds, minuteEnds);
  }

  /** @param names figures; all when absent */
  points(window: SeriesWindow, names?: readonly string[]): SeriesPoints[] {
    return this.series
      .filter(({ reading }) => !names || names.includes(reading.name))
      .map((series) => {
        const { name, unit, help } = series.reading;
        return { name, unit, help, points: series.points(window).map(rounded) };
      });
  }

  /** The newest point of every figure, by name. */
  newest(): Record<string, number | null> {
    return Object.fromEntries(this.series.map((series) => [series.reading.name, rounded(series.newest)]));
  }

  get names(): string[] {
    return this.series.map(({ reading }) => reading.name);
  }

  get bytes(): number {
    return this.series.reduce((sum, series) => sum + series.bytes, 0);
  }
}

/** Four digits are what a curve shows; whole numbers stay whole. */
function rounded(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
