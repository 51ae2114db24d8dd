import { TimingError } from './timing-error';
import {
  EARLIEST_NANOSECONDS,
  explainTimestamp,
  formatNanoseconds,
  LATEST_NANOSECONDS,
  LONGEST_TIMING_TEXT,
  nanosecondsFromParts,
  TIMESTAMP_PATTERN,
} from './timestamp';

/** `[start, end)` on whole nanoseconds; `null` is unbounded. It holds nothing when both are set and `start >= end`. */
export interface HalfOpenNanoseconds {
  readonly start: bigint | null;
  readonly end: bigint | null;
}

/** `[start, end)` in nanoseconds that fit int8; {@link EARLIEST_NANOSECONDS} and {@link LATEST_NANOSECONDS} stand for unbounded. */
export interface StorableNanoseconds {
  readonly start: bigint;
  readonly end: bigint;
}

/** The parts of a timerange, in nanoseconds; `null` is unbounded, and the marker of an unbounded side is ignored. */
export interface TimeRangeParts {
  readonly start: bigint | null;
  readonly end: bigint | null;
  /** Default `true`. */
  readonly includesStart?: boolean;
  /** Default `true`. */
  readonly includesEnd?: boolean;
}

/** The language of schemas/timerange.json with fewer groups: no repetition can start where another could end, so matching is linear. */
export const TIMERANGE_PATTERN =
  /^([[(])?(?:(-)?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8}))?(_(?:(-)?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8}))?)?([\])])?$/;

/**
 * A stretch of a timeline (`schemas/timerange.json`, AppNote 0008): a start and an end in nanoseconds, each bounded or not, each
 * included or not; immutable and normalised, so equal ranges have equal fields. Answers agree with BBC R&D's mediatimestamp.
 *
 * Time is continuous here: `(0:0_0:1)` is not empty, though no whole nanosecond lies in it. The database counts whole
 * nanoseconds ({@link toHalfOpen}), so a range to be stored must pass {@link hasNanoseconds}, not merely be non-empty.
 */
export class TimeRange {
  /** The whole timeline, `_`. */
  static readonly ETERNITY = new TimeRange(null, null, true, true);

  /** The empty range, `()`: in no particular position. */
  static readonly NEVER = new TimeRange(0n, 0n, false, false);

  private constructor(
    /** Nanoseconds, or `null` when the range reaches back for ever. */
    readonly start: bigint | null,
    /** Nanoseconds, or `null` when the range goes on for ever. */
    readonly end: bigint | null,
    /** Whether `start` itself belongs to the range; `true` when unbounded. */
    readonly includesStart: boolean,
    /** Whether `end` itself belongs to the range; `true` when unbounded. */
    readonly includesEnd: boolean,
  ) {}

  /** A range from its parts; one that ends before it starts, or where it starts without including both, is {@link NEVER}. */
  static of({ start, end, includesStart = true, includesEnd = true }: TimeRangeParts): TimeRange {
    if (start === null && end === null) return TimeRange.ETERNITY;
    if (start !== null && end !== null && (start > end || (start === end && !(includesStart && includesEnd)))) {
      return TimeRange.NEVER;
    }
    return new TimeRange(start, end, start === null || includesStart, end === null || includesEnd);
  }

  /** The instantaneous range `[{nanoseconds}]`. */
  static instant(nanoseconds: bigint): TimeRange {
    return new TimeRange(nanoseconds, nanoseconds, true, true);
  }

  /**
   * Reads every text the pattern of `schemas/timerange.json` allows. A missing marker means inclusive, markers beside a missing
   * timestamp are ignored, a lone timestamp is an instant whatever its markers, and no timestamp and no `_` is {@link NEVER}.
   * @throws TimingError `invalid_timerange`
   */
  static parse(text: string): TimeRange {
    const match = text.length > LONGEST_TIMING_TEXT ? null : TIMERANGE_PATTERN.exec(text);
    if (match === null) throw new TimingError('invalid_timerange', text, explainTimeRange(text));
    const start = match[3] === undefined ? null : nanosecondsFromParts(match[2], match[3], match[4]);
    if (match[5] === undefined) return start === null ? TimeRange.NEVER : TimeRange.instant(start);
    const end = match[7] === undefined ? null : nanosecondsFromParts(match[6], match[7], match[8]);
    return TimeRange.of({ start, end, includesStart: match[1] !== '(', includesEnd: match[9] !== ')' });
  }

  /** The range holding exactly the whole nanoseconds of `[start, end)`; {@link NEVER} when there are none. */
  static fromHalfOpen({ start, end }: HalfOpenNanoseconds): TimeRange {
    return TimeRange.of({ start, end, includesStart: true, includesEnd: false });
  }

  /** The inverse of {@link clampToStorable}: int8's own limits are read as unbounded. */
  static fromStorable({ start, end }: StorableNanoseconds): TimeRange {
    return TimeRange.fromHalfOpen({
      start: start === EARLIEST_NANOSECONDS ? null : start,
      end: end === LATEST_NANOSECONDS ? null : end,
    });
  }

  /** Whether nothing at all lies in the range. */
  isEmpty(): boolean {
    return this === TimeRange.NEVER;
  }

  /** Whether at least one whole nanosecond lies in the range; a range that fails this cannot be stored as a segment. */
  hasNanoseconds(): boolean {
    const { start, end } = this.toHalfOpen();
    return start === null || end === null || start < end;
  }

  /** Nanoseconds from start to end, 0 for an instant and for the empty range, `null` when a side is unbounded. */
  get durationNanoseconds(): bigint | null {
    return this.start === null || this.end === null ? null : this.end - this.start;
  }

  equals(other: TimeRange): boolean {
    return (
      this.start === other.start &&
      this.end === other.end &&
      this.includesStart === other.includesStart &&
      this.includesEnd === other.includesEnd
    );
  }

  /** Whether the instant, in nanoseconds, lies in the range. */
  containsInstant(nanoseconds: bigint): boolean {
    return this.contains(TimeRange.instant(nanoseconds));
  }

  /**
   * Whether the other range lies wholly in this one. The empty range contains nothing, not even itself, and lies in every other range.
   */
  contains(other: TimeRange): boolean {
    if (this.isEmpty()) return false;
    return other.isEmpty() || (compareStarts(this, other) <= 0 && compareEnds(this, other) >= 0);
  }

  /** Whether the two ranges share at least one point of continuous time. */
  overlaps(other: TimeRange): boolean {
    return !this.intersect(other).isEmpty();
  }

  /** What lies in both ranges. */
  intersect(other: TimeRange): TimeRange {
    if (this.isEmpty() || other.isEmpty()) return TimeRange.NEVER;
    return between(compareStarts(this, other) >= 0 ? this : other, compareEnds(this, other) <= 0 ? this : other);
  }

  /** The smallest range covering both, gaps between them included; the empty range adds nothing. */
  extendToCover(other: TimeRange): TimeRange {
    if (this.isEmpty()) return other;
    if (other.isEmpty()) return this;
    return between(compareStarts(this, other) <= 0 ? this : other, compareEnds(this, other) >= 0 ? this : other);
  }

  /**
   * The range moved later by so many nanoseconds (earlier when negative). Since `media_object_ts + ts_offset = segment_ts`,
   * a segment lies in its object at `timerange.shift(-tsOffset)`. The empty range has no position and stays as it is.
   */
  shift(nanoseconds: bigint): TimeRange {
    if (this.isEmpty()) return this;
    const start = this.start === null ? null : this.start + nanoseconds;
    const end = this.end === null ? null : this.end + nanoseconds;
    return TimeRange.of({ start, end, includesStart: this.includesStart, includesEnd: this.includesEnd });
  }

  /**
   * The same whole nanoseconds as `[start, end)`: an exclusive start becomes `start + 1`, an inclusive end `end + 1`.
   * The empty range is `[0, 0)`; a range between two neighbouring nanoseconds, `(0:0_0:1)`, is `[1, 1)`.
   */
  toHalfOpen(): HalfOpenNanoseconds {
    if (this.isEmpty()) return { start: 0n, end: 0n };
    return {
      start: this.start === null || this.includesStart ? this.start : this.start + 1n,
      end: this.end === null || !this.includesEnd ? this.end : this.end + 1n,
    };
  }

  /**
   * Whether the bounds fit int8 columns. The two limits themselves are kept free to stand for unbounded. The caller must
   * refuse to store a range that does not fit; a query is narrowed with {@link clampToStorable} instead.
   */
  isStorable(): boolean {
    const { start, end } = this.toHalfOpen();
    return isInsideInt8(start) && isInsideInt8(end);
  }

  /**
   * `[start, end)` for int8 columns: a storable range unchanged, unbounded sides as int8's limits, anything beyond narrowed.
   * `stored.start < end AND stored.end > start` then finds what overlaps in whole nanoseconds, also for a query wholly beyond
   * int8 (only unbounded segments reach there) and for the empty range (nothing overlaps it: its bounds come back reversed).
   */
  clampToStorable(): StorableNanoseconds {
    if (this.isEmpty()) return { start: LATEST_NANOSECONDS, end: EARLIEST_NANOSECONDS };
    const { start, end } = this.toHalfOpen();
    return {
      start: start === null ? EARLIEST_NANOSECONDS : clamp(start, EARLIEST_NANOSECONDS, LATEST_NANOSECONDS - 1n),
      end: end === null ? LATEST_NANOSECONDS : clamp(end, EARLIEST_NANOSECONDS + 1n, LATEST_NANOSECONDS),
    };
  }

  /** The canonical text: `[0:0_10:0)`, `(5:0_`, `_5:0]`, `[1:0]`, `_`, `()`. */
  toString(): string {
    if (this.isEmpty()) return '()';
    if (this.start !== null && this.start === this.end) return `[${formatNanoseconds(this.start)}]`;
    const start = this.start === null ? '' : `${this.includesStart ? '[' : '('}${formatNanoseconds(this.start)}`;
    const end = this.end === null ? '' : `${formatNanoseconds(this.end)}${this.includesEnd ? ']' : ')'}`;
    return `${start}_${end}`;
  }

  /** JSON carries the canonical text. */
  toJSON(): string {
    return this.toString();
  }
}

/** Negative when `a` begins earlier than `b`; of equal starts the included one is earlier. */
function compareStarts(a: TimeRange, b: TimeRange): number {
  if (a.start === b.start) return Number(b.includesStart) - Number(a.includesStart);
  if (a.start === null) return -1;
  return b.start !== null && a.start < b.start ? -1 : 1;
}

/** Negative when `a` ends earlier than `b`; of equal ends the included one is later. */
function compareEnds(a: TimeRange, b: TimeRange): number {
  if (a.end === b.end) return Number(a.includesEnd) - Number(b.includesEnd);
  if (a.end === null) return 1;
  return b.end === null || a.end < b.end ? -1 : 1;
}

/** From the start of one range to the end of another. */
function between(first: TimeRange, last: TimeRange): TimeRange {
  return TimeRange.of({
    start: first.start,
    end: last.end,
    includesStart: first.includesStart,
    includesEnd: last.includesEnd,
  });
}

function isInsideInt8(bound: bigint | null): boolean {
  return bound === null || (bound > EARLIEST_NANOSECONDS && bound < LATEST_NANOSECONDS);
}

function clamp(value: bigint, least: bigint, most: bigint): bigint {
  if (value < least) return least;
  return value > most ? most : value;
}

/** Says what to write instead of a text that is no timerange, blaming the first timestamp that is wrong. */
function explainTimeRange(text: string): string {
  const examples = 'for example "[0:0_10:0)", "[5:0_", "_" (all time) or "()" (none)';
  if (text.length > LONGEST_TIMING_TEXT || /\s/.test(text)) return explainTimestamp(text);
  const pieces = text
    .replace(/^[[(]/, '')
    .replace(/[\])]$/, '')
    .split('_');
  if (pieces.length > 2) return `it has more than one "_"; write two timestamps with one "_" between, ${examples}`;
  const wrong = pieces.find((piece) => piece !== '' && !TIMESTAMP_PATTERN.test(piece));
  if (wrong !== undefined) return `${JSON.stringify(wrong.slice(0, 40))} is no timestamp: ${explainTimestamp(wrong)}`;
  return `write two timestamps with "_" between and a marker at each end, ${examples}`;
}
