import { TICKS_PER_SECOND } from '../media-time';
import { reduced, type Ratio } from './sequence-parameter-set';

/** How fast the pictures follow one another. */
export interface FrameTiming {
  /** Absent where the rate varies. */
  frameRate: Ratio | undefined;
  /** Duration of one picture in seconds, as a fraction; the most common one where the rate varies. */
  pictureDuration: Ratio;
}

const COMMON_RATES: readonly Ratio[] = [
  [24000, 1001],
  [24, 1],
  [25, 1],
  [30000, 1001],
  [30, 1],
  [48, 1],
  [50, 1],
  [60000, 1001],
  [60, 1],
  [100, 1],
  [120000, 1001],
  [120, 1],
  [25, 2],
  [15, 1],
  [10, 1],
  [5, 1],
].map(([numerator = 1, denominator = 1]) => ({ numerator, denominator }));

/** Rates of a constant stream repeat within this much of the most common distance (ticks are rounded, and so are milliseconds). */
const SAME_DISTANCE = 0.1;
/** This share of distances must be the same one for the rate to be called constant; the rest may be gaps. */
const CONSTANT_SHARE = 0.9;
const DISTINCT_DISTANCES = 1000;

/**
 * Collects the distances between decoding times, which only ever grow, whereas presentation times are reordered by B-frames.
 * Memory stays constant however long the stream is.
 */
export class PictureDistances {
  private readonly counts = new Map<number, number>();

  /** Adds one distance in ticks. */
  add(ticks: number): void {
    if (ticks <= 0) return;
    const count = this.counts.get(ticks);
    if (count === undefined && this.counts.size >= DISTINCT_DISTANCES) return;
    this.counts.set(ticks, (count ?? 0) + 1);
  }

  /**
   * The timing these distances show, with the exact rate from the sequence parameter set where it agrees with them.
   * Undefined where there is neither.
   */
  timing(declared: Ratio | undefined): FrameTiming | undefined {
    const typical = [...this.counts].sort(([, a], [, b]) => b - a)[0]?.[0];
    if (typical === undefined) return declared && { frameRate: declared, pictureDuration: inverse(declared) };
    const alike = [...this.counts].filter(([ticks]) => Math.abs(ticks - typical) <= typical * SAME_DISTANCE);
    const total = sum([...this.counts.values()]);
    const alikeCount = sum(alike.map(([, count]) => count));
    if (alikeCount < total * CONSTANT_SHARE) {
      return { frameRate: undefined, pictureDuration: reduced(typical, TICKS_PER_SECOND) };
    }
    const mean = sum(alike.map(([ticks, count]) => ticks * count)) / alikeCount;
    return constantTiming(TICKS_PER_SECOND / mean, declared);
  }
}

function constantTiming(measured: number, declared: Ratio | undefined): FrameTiming {
  if (declared) {
    // Packets may hold one picture, one field (twice as many packets as frames) or several pictures.
    const packetsPerFrame = (measured * declared.denominator) / declared.numerator;
    const fields = Math.max(1, Math.round(packetsPerFrame));
    const frames = Math.max(1, Math.round(1 / packetsPerFrame));
    if (Math.abs((packetsPerFrame * frames) / fields - 1) < 0.01) {
      const pictureDuration = reduced(declared.denominator * frames, declared.numerator * fields);
      return { frameRate: declared, pictureDuration };
    }
  }
  const rate =
    COMMON_RATES.find((common) => isNear(measured, common, 0.0005)) ?? reduced(Math.round(measured * 1000), 1000);
  return { frameRate: rate, pictureDuration: inverse(rate) };
}

function isNear(measured: number, rate: Ratio, tolerance: number): boolean {
  const exact = rate.numerator / rate.denominator;
  return Math.abs(measured - exact) <= exact * tolerance;
}

function inverse(rate: Ratio): Ratio {
  return { numerator: rate.denominator, denominator: rate.numerator };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
