const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/**
 * TAI less UTC in seconds, from the given second of UTC on (IERS Bulletin C; the last leap second was inserted at the end
 * of 2016). Before 2000 no timeline is taken for the time of day.
 */
const leapSeconds: readonly (readonly [fromUtcSeconds: bigint, taiMinusUtc: bigint])[] = [
  [1_483_228_800n, 37n],
  [1_435_708_800n, 36n],
  [1_341_100_800n, 35n],
  [1_230_768_000n, 34n],
  [1_136_073_600n, 33n],
  [946_684_800n, 32n],
];
/** Beginning of 2000 in TAI, in nanoseconds since 1970. */
const EARLIEST_TIME_OF_DAY = (946_684_800n + 32n) * NANOSECONDS_PER_SECOND;
/** How far ahead of now a timeline may be and still be the time of day, in nanoseconds. */
const CLOCKS_MAY_DIFFER = 86_400n * NANOSECONDS_PER_SECOND;

/**
 * Whether a timeline follows the time of day, so that its times can be told in UTC (AppNote 0008): between the year 2000
 * and a day from now. A timeline that begins at zero is somebody's own.
 * @param nanoseconds on the timeline @param now milliseconds since the epoch
 */
export function isTimeOfDay(nanoseconds: bigint, now: number): boolean {
  const latest = BigInt(Math.trunc(now)) * NANOSECONDS_PER_MILLISECOND + CLOCKS_MAY_DIFFER;
  return nanoseconds >= EARLIEST_TIME_OF_DAY && nanoseconds <= latest;
}

/** Now in TAI, in nanoseconds since 1970. @param now milliseconds since the epoch, in UTC */
export function taiNow(now: number): bigint {
  const [, difference = 0n] = leapSeconds[0] ?? [];
  return BigInt(Math.trunc(now)) * NANOSECONDS_PER_MILLISECOND + difference * NANOSECONDS_PER_SECOND;
}

/**
 * A moment of TAI in UTC, to the millisecond, as EXT-X-PROGRAM-DATE-TIME wants it. A leap second itself is told as the
 * second before it again: players accept no better name.
 * @param nanoseconds since 1970 in TAI
 */
export function utcOf(nanoseconds: bigint): string {
  const [, difference = 0n] =
    leapSeconds.find(([from, ahead]) => nanoseconds >= (from + ahead - 1n) * NANOSECONDS_PER_SECOND) ?? [];
  const utc = nanoseconds - difference * NANOSECONDS_PER_SECOND;
  return new Date(Number(utc / NANOSECONDS_PER_MILLISECOND)).toISOString();
}
