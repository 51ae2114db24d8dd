import { TimingError } from './timing-error';

/** Nanoseconds in one second. */
export const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** The smallest int8 of the database, in nanoseconds (the year 1677 when counted from 1970). */
export const EARLIEST_NANOSECONDS = -(2n ** 63n);

/** The largest int8 of the database, in nanoseconds (the year 2262 when counted from 1970). */
export const LATEST_NANOSECONDS = 2n ** 63n - 1n;

/**
 * The most characters a timestamp or timerange may have. The patterns of the specification set no limit, but turning digits into
 * a number costs more than linear time; this is far above any real time and keeps the cost of one text under a millisecond.
 */
export const LONGEST_TIMING_TEXT = 8192;

/** The pattern of `schemas/timestamp.json`, with groups for sign, seconds and nanoseconds. Internal to this library. */
export const TIMESTAMP_PATTERN = /^(-)?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8})$/;
const DIGITS_A_NUMBER_HOLDS = 15;

/**
 * An instant, or a signed distance between two instants (such as `ts_offset`), in whole nanoseconds; immutable.
 * Which clock it counts on is the client's affair (`schemas/timestamp.json`, AppNote 0008).
 */
export class Timestamp {
  /** The origin of the timeline, `0:0`. */
  static readonly ZERO = new Timestamp(0n);

  /** The smallest instant an int8 column holds. */
  static readonly MIN = new Timestamp(EARLIEST_NANOSECONDS);

  /** The largest instant an int8 column holds. */
  static readonly MAX = new Timestamp(LATEST_NANOSECONDS);

  private constructor(
    /** Nanoseconds from the origin; any size, also beyond int8. */
    readonly nanoseconds: bigint,
  ) {}

  /**
   * Reads `{sign?}{seconds}:{nanoseconds}`, exactly as `schemas/timestamp.json` allows. The sign belongs to the whole: `-0:5` is -5 ns.
   * @throws TimingError `invalid_timestamp`
   */
  static parse(text: string): Timestamp {
    const match = text.length > LONGEST_TIMING_TEXT ? null : TIMESTAMP_PATTERN.exec(text);
    if (match === null) throw new TimingError('invalid_timestamp', text, explainTimestamp(text));
    return new Timestamp(nanosecondsFromParts(match[1], match[2], match[3]));
  }

  /** @param nanoseconds nanoseconds from the origin, of any size */
  static fromNanoseconds(nanoseconds: bigint): Timestamp {
    return new Timestamp(nanoseconds);
  }

  /** Whether it fits an int8 column. */
  isStorable(): boolean {
    return this.nanoseconds >= EARLIEST_NANOSECONDS && this.nanoseconds <= LATEST_NANOSECONDS;
  }

  /** Negative when this is earlier than the other, positive when later, 0 when equal: fit for `Array.prototype.sort`. */
  compare(other: Timestamp): -1 | 0 | 1 {
    if (this.nanoseconds === other.nanoseconds) return 0;
    return this.nanoseconds < other.nanoseconds ? -1 : 1;
  }

  equals(other: Timestamp): boolean {
    return this.nanoseconds === other.nanoseconds;
  }

  add(other: Timestamp): Timestamp {
    return new Timestamp(this.nanoseconds + other.nanoseconds);
  }

  subtract(other: Timestamp): Timestamp {
    return new Timestamp(this.nanoseconds - other.nanoseconds);
  }

  /** The canonical text: `1694429247:40000000`, `-0:5`, `0:0`. */
  toString(): string {
    return formatNanoseconds(this.nanoseconds);
  }

  /** JSON carries the canonical text. */
  toJSON(): string {
    return this.toString();
  }
}

/** Writes nanoseconds as the canonical text of a timestamp. */
export function formatNanoseconds(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? '-' : '';
  return `${sign}${String(size / NANOSECONDS_PER_SECOND)}:${String(size % NANOSECONDS_PER_SECOND)}`;
}

/** Nanoseconds from the matched parts of a timestamp. Internal to this library: the parts are trusted to be digits. */
export function nanosecondsFromParts(
  sign: string | undefined,
  seconds: string | undefined,
  fraction: string | undefined,
): bigint {
  const wholeSeconds = seconds ?? '0';
  // Number() is the faster reader, and exact for this many digits.
  const count = wholeSeconds.length <= DIGITS_A_NUMBER_HOLDS ? BigInt(Number(wholeSeconds)) : BigInt(wholeSeconds);
  const size = count * NANOSECONDS_PER_SECOND + BigInt(Number(fraction ?? '0'));
  return sign === '-' ? -size : size;
}

/** Says what to write instead of a text that is no timestamp. Internal to this library. */
export function explainTimestamp(text: string): string {
  if (text.length > LONGEST_TIMING_TEXT) return `it has more than ${LONGEST_TIMING_TEXT} characters`;
  if (/\s/.test(text)) return 'it must not contain white space (in a URL, write "+" as %2B)';
  if (/\d\.\d/.test(text)) return 'write {seconds}:{nanoseconds}, not a decimal fraction: 1.5 seconds is "1:500000000"';
  if (/(^|[^0-9])0[0-9]/.test(text)) return 'seconds and nanoseconds must not have leading zeros: 5 ns is "0:5"';
  if (/:[0-9]{10}/.test(text)) return 'nanoseconds must be 0 to 999999999';
  if (/:-/.test(text)) return 'the sign stands before the seconds: -5 ns is "-0:5"';
  if (text.includes('+')) return 'a positive timestamp has no sign';
  return 'write {sign?}{seconds}:{nanoseconds}, for example "1:40000000" or "-0:5"';
}
