import { reduced, type Ratio } from '../transport-stream/sequence-parameter-set';

/** Size and duration of one segment. */
export interface SizedSegment {
  bytes: number;
  seconds: number;
}

/** `avg_bit_rate` in 1000 bits/s: all bits over all time (AppNote 0013). */
export function averageBitRate(segments: SizedSegment[]): number {
  const seconds = segments.reduce((total, segment) => total + segment.seconds, 0);
  const bytes = segments.reduce((total, segment) => total + segment.bytes, 0);
  return seconds > 0 ? Math.floor((bytes * 8) / (seconds * 1000)) : 0;
}

/**
 * `max_bit_rate` in 1000 bits/s: the highest rate of any run of neighbouring segments that lasts 0.5 to 1.5 target
 * durations, or of a single longer one (AppNote 0013).
 * @param target seconds
 */
export function maximumBitRate(segments: SizedSegment[], target: number): number {
  let highest = 0;
  for (let first = 0; first < segments.length; first += 1) {
    const run: SizedSegment = { bytes: 0, seconds: 0 };
    for (const [index, segment] of segments.slice(first, first + MOST_IN_A_RUN).entries()) {
      run.bytes += segment.bytes;
      run.seconds += segment.seconds;
      const tooLong = run.seconds > target * 1.5;
      if (tooLong && index > 0) break;
      if (run.seconds >= target * 0.5) highest = Math.max(highest, (run.bytes * 8) / (run.seconds * 1000));
      if (tooLong) break;
    }
  }
  return Math.floor(highest) || averageBitRate(segments);
}

/** Bounds the work for playlists of many tiny segments. */
const MOST_IN_A_RUN = 100;

/** `segment_duration`: the most usual duration, to the millisecond, as a fraction of seconds. */
export function segmentDuration(segments: SizedSegment[]): Ratio {
  const sorted = segments.map((segment) => segment.seconds).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return reduced(Math.max(1, Math.round(median * 1000)), 1000);
}
