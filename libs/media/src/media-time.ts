import { TimeRange, Timestamp, TimingError } from '@tams/timing';

/** Ticks of the MPEG-TS clock in one second. */
export const TICKS_PER_SECOND = 90_000;

/** Ticks after which a 33-bit PTS starts again from zero (about 26.5 hours). */
export const ROLLOVER_TICKS = 2 ** 33;

/** Nanoseconds of a whole number of ticks (by default of the 90 kHz clock), rounded half up to the nearest nanosecond. */
export function ticksToNanoseconds(ticks: number, ticksPerSecond = TICKS_PER_SECOND): bigint {
  const perSecond = BigInt(ticksPerSecond);
  const doubled = BigInt(ticks) * 2_000_000_000n + perSecond;
  const divisor = 2n * perSecond;
  const quotient = doubled / divisor;
  return doubled < 0n && doubled % divisor !== 0n ? quotient - 1n : quotient;
}

/**
 * Nanoseconds of a time that mediabunny gives in seconds: such a time is a whole number of ticks of the media's own time base,
 * so that the floating-point error is taken away before it matters.
 */
export function secondsToNanoseconds(seconds: number, ticksPerSecond: number): bigint {
  return ticksToNanoseconds(Math.round(seconds * ticksPerSecond), ticksPerSecond);
}

/** Nanoseconds as a TAMS timestamp, for example `1:480000000` (AppNote 0008). */
export function formatTimestamp(nanoseconds: bigint): string {
  return Timestamp.fromNanoseconds(nanoseconds).toString();
}

/** The half-open range `[start_end)` in nanoseconds as a TAMS timerange. */
export function formatTimeRange(start: bigint, end: bigint): string {
  return TimeRange.fromHalfOpen({ start, end }).toString();
}

/** Seconds as a number to show to people; not for arithmetic on the timeline. */
export function toSeconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e9;
}

/** A timerange as half-open bounds in nanoseconds; undefined for one that is unbounded, empty or malformed. */
export function boundsOf(timerange: string): { start: bigint; end: bigint } | undefined {
  try {
    const range = TimeRange.parse(timerange);
    const { start, end } = range.toHalfOpen();
    return range.isEmpty() || start === null || end === null ? undefined : { start, end };
  } catch (error) {
    if (error instanceof TimingError) return undefined;
    throw error;
  }
}

/** The earliest of some times in nanoseconds; 0 when there are none. */
export function least(times: readonly bigint[]): bigint {
  return times.reduce((earliest, each) => (each < earliest ? each : earliest), times[0] ?? 0n);
}
