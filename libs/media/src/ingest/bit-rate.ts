import type { Flow } from '../tams-types';
import { reduced } from '../reading/ratio';

/** Size and duration of one segment. */
export interface SizedSegment {
  bytes: number;
  seconds: number;
}

/** The rates of a Flow and of the Flows inside its segments. */
export interface FlowRates {
  own: Pick<Flow, 'avg_bit_rate' | 'max_bit_rate' | 'segment_duration'>;
  inside: Pick<Flow, 'avg_bit_rate'>[];
}

/** Segments that make up the longest run looked at for the maximum; bounds work and memory, however long a Flow grows. */
const MOST_IN_A_RUN = 100;

/**
 * Measures the rates of a Flow while its segments go by (AppNote 0013): `avg_bit_rate` is all bits over all time, in 1000
 * bits/s; `max_bit_rate` the highest rate of any run of neighbouring segments that lasts 0.5 to 1.5 segment durations, or of a
 * single longer one.
 */
export class BitRateMeter {
  private readonly total: SizedSegment = { bytes: 0, seconds: 0 };
  private readonly inside: number[] = [];
  private readonly recent: SizedSegment[] = [];
  private readonly durations = new Map<number, number>();
  private highest = 0;

  /** @param target seconds that a segment usually lasts; where it is not known, the first segment's duration */
  constructor(private target?: number) {}

  /** Adds the next segment, with the bytes of each track inside it. */
  add(segment: SizedSegment, trackBytes: readonly number[] = []): void {
    if (segment.seconds <= 0) return;
    this.target ??= segment.seconds;
    this.total.bytes += segment.bytes;
    this.total.seconds += segment.seconds;
    trackBytes.forEach((bytes, index) => {
      this.inside[index] = (this.inside[index] ?? 0) + bytes;
    });
    const milliseconds = Math.max(1, Math.round(segment.seconds * 1000));
    if (this.durations.size < 1000 || this.durations.has(milliseconds)) {
      this.durations.set(milliseconds, (this.durations.get(milliseconds) ?? 0) + 1);
    }
    this.recent.push(segment);
    if (this.recent.length > MOST_IN_A_RUN) this.recent.shift();
    this.measureRunsToLast(this.target);
  }

  /** The rates of all segments so far; undefined before the first. */
  rates(): FlowRates | undefined {
    const { bytes, seconds } = this.total;
    if (seconds <= 0) return undefined;
    const average = rate(bytes, seconds);
    const usual = [...this.durations].sort(([a, m], [b, n]) => n - m || b - a)[0]?.[0] ?? 1000;
    return {
      own: {
        avg_bit_rate: Math.floor(average),
        max_bit_rate: Math.floor(this.highest || average),
        segment_duration: reduced(usual, 1000),
      },
      inside: this.inside.map((each) => ({ avg_bit_rate: Math.floor(rate(each, seconds)) })),
    };
  }

  private measureRunsToLast(target: number): void {
    const run: SizedSegment = { bytes: 0, seconds: 0 };
    for (const [index, segment] of this.recent.toReversed().entries()) {
      run.bytes += segment.bytes;
      run.seconds += segment.seconds;
      const tooLong = run.seconds > target * 1.5;
      if (tooLong && index > 0) return;
      if (run.seconds >= target * 0.5) this.highest = Math.max(this.highest, rate(run.bytes, run.seconds));
      if (tooLong) return;
    }
  }
}

/** In 1000 bits/s. */
function rate(bytes: number, seconds: number): number {
  return (bytes * 8) / (seconds * 1000);
}
