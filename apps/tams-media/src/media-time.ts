/**
 * The few conversions between MPEG-TS ticks (90 kHz) and TAMS time (`seconds:nanoseconds`) that this tool needs.
 * All of them live here so that `Timestamp` and `TimeRange` of `@tams/timing` can take their place.
 */

/** Ticks of the MPEG-TS clock in one second. */
export const TICKS_PER_SECOND = 90_000;

/** Ticks after which a 33-bit PTS starts again from zero (about 26.5 hours). */
export const ROLLOVER_TICKS = 2 ** 33;

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Nanoseconds of a whole number of 90 kHz ticks, rounded half up to the nearest nanosecond. */
export function ticksToNanoseconds(ticks: number): bigint {
  const doubled = BigInt(ticks) * 200_000n + 9n;
  const quotient = doubled / 18n;
  return doubled < 0n && doubled % 18n !== 0n ? quotient - 1n : quotient;
}

/** Nanoseconds as a TAMS timestamp: `1:480000000`, negative ones with one leading minus (AppNote 0008). */
export function formatTimestamp(nanoseconds: bigint): string {
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? '-' : '';
  return `${sign}${String(magnitude / NANOSECONDS_PER_SECOND)}:${String(magnitude % NANOSECONDS_PER_SECOND)}`;
}

/** The half-open range `[start_end)` in nanoseconds as a TAMS timerange. */
export function formatTimeRange(start: bigint, end: bigint): string {
  return `[${formatTimestamp(start)}_${formatTimestamp(end)})`;
}

/** Seconds as a number to show to people; not for arithmetic on the timeline. */
export function toSeconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e9;
}

/** The bounds of a timerange with both ends, as nanoseconds; undefined for unbounded, empty or malformed ones. */
export function boundsOf(timerange: string): { start: bigint; end: bigint } | undefined {
  const [from, to] = timerange.replace(/^[[(]|[\])]$/g, '').split('_');
  const start = parseTimestamp(from);
  const end = to === undefined ? start : parseTimestamp(to);
  return start === undefined || end === undefined ? undefined : { start, end };
}

function parseTimestamp(text: string | undefined): bigint | undefined {
  const match = /^(-?)(\d+):(\d{1,9})$/.exec(text ?? '');
  if (!match) return undefined;
  const magnitude = BigInt(match[2] ?? 0) * NANOSECONDS_PER_SECOND + BigInt(match[3] ?? 0);
  return match[1] === '-' ? -magnitude : magnitude;
}
