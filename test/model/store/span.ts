/**
 * A timerange as the specification describes it (schemas/timerange.json), written for the model alone: a closed interval in
 * half nanoseconds, so that an excluded bound at `n` ns is simply `2n + 1` or `2n - 1`. `null` is unbounded.
 */
export interface Span {
  readonly low: bigint | null;
  readonly high: bigint | null;
}

/** `()`. */
export const NEVER: Span = { low: 1n, high: -1n };

const form = /^([[(]?)(-?\d+:\d+)?(_?)(-?\d+:\d+)?([\])]?)$/;

/** Reads a timerange that is known to be well-formed. */
export function spanOf(text: string): Span {
  const [, open = '', from, line = '', to, close = ''] = form.exec(text) ?? [];
  if (line === '') return from === undefined ? NEVER : { low: 2n * nanoseconds(from), high: 2n * nanoseconds(from) };
  return {
    low: from === undefined ? null : 2n * nanoseconds(from) + (open === '(' ? 1n : 0n),
    high: to === undefined ? null : 2n * nanoseconds(to) - (close === ')' ? 1n : 0n),
  };
}

/** Whole nanoseconds of a timestamp. */
export function nanoseconds(timestamp: string): bigint {
  const [seconds = '', fraction = ''] = timestamp.split(':');
  const size = BigInt(seconds.replace('-', '')) * 1_000_000_000n + BigInt(fraction);
  return timestamp.startsWith('-') ? -size : size;
}

/** Writes whole nanoseconds as a timestamp. */
export function timestampOf(count: bigint): string {
  const size = count < 0n ? -count : count;
  return `${count < 0n ? '-' : ''}${String(size / 1_000_000_000n)}:${String(size % 1_000_000_000n)}`;
}

/** Moves a span by whole nanoseconds. */
export function moved({ low, high }: Span, by: bigint): Span {
  return { low: low === null ? null : low + 2n * by, high: high === null ? null : high + 2n * by };
}

export function isEmpty({ low, high }: Span): boolean {
  return low !== null && high !== null && low > high;
}

/** What lies in both. */
export function common(a: Span, b: Span): Span {
  if (isEmpty(a) || isEmpty(b)) return NEVER;
  return { low: later(a.low, b.low), high: earlier(a.high, b.high) };
}

/** Whether both hold a whole nanosecond: time is stored in whole ones. */
export function overlap(a: Span, b: Span): boolean {
  return holdsNanosecond(common(a, b));
}

/** Whether every point of `inner` lies in `outer`. */
export function covers(outer: Span, inner: Span): boolean {
  const both = common(outer, inner);
  return !isEmpty(inner) && both.low === inner.low && both.high === inner.high;
}

/** Whether every whole nanosecond of `inner` lies in `outer`. */
export function coversNanoseconds(outer: Span, inner: Span): boolean {
  return !isEmpty(outer) && covers(wholeNanoseconds(outer), wholeNanoseconds(inner));
}

/** From the first to the last of some spans; `()` of none. */
export function hull(spans: readonly Span[]): Span {
  if (spans.length === 0) return NEVER;
  return spans.reduce((a, b) => ({
    low: a.low === null || b.low === null ? null : a.low < b.low ? a.low : b.low,
    high: a.high === null || b.high === null ? null : a.high > b.high ? a.high : b.high,
  }));
}

export function sameSpan(a: Span, b: Span): boolean {
  return (isEmpty(a) && isEmpty(b)) || (a.low === b.low && a.high === b.high);
}

/** Whether a whole nanosecond lies in the span. */
export function holdsNanosecond(span: Span): boolean {
  return !isEmpty(span) && !isEmpty(wholeNanoseconds(span));
}

/** The smallest span with the same whole nanoseconds. */
function wholeNanoseconds({ low, high }: Span): Span {
  const odd = (bound: bigint): boolean => bound % 2n !== 0n;
  return {
    low: low !== null && odd(low) ? low + 1n : low,
    high: high !== null && odd(high) ? high - 1n : high,
  };
}

function later(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

function earlier(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
