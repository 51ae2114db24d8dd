import type { Tags } from '@tams/model';
import { TAI_AHEAD_OF_UTC_NANOSECONDS, Timestamp, TimingError } from '@tams/timing';

/** Flow tag: added to the end of a segment, gives the time (TAI) at which the segment goes (AppNote 0019). */
export const SEGMENT_RETENTION_TAG = 'segment_retention_offset';
/** Flow tag: added to the later of `metadata_updated` and `segments_updated`, gives the time at which the Flow goes. */
export const FLOW_RETENTION_TAG = 'flow_retention_offset';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** The calendar of JavaScript, and so of RFC 3339 as we write it, ends here: the year 9999. */
const LAST_MILLISECOND = 253_402_300_799_999n;

/** What a retention tag says: an offset in nanoseconds, nothing at all, or something that is no timestamp. */
export type RetentionOffset = { readonly nanoseconds: bigint } | { readonly problem: string } | undefined;

/** Reads a tag as a timestamp (schemas/timestamp.json). @param signed whether it may be negative */
export function retentionOffset(tags: Tags | null | undefined, name: string, signed: boolean): RetentionOffset {
  const value = tags?.[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return { problem: `The tag ${name} has a list of values; it must be one timestamp.` };
  try {
    const { nanoseconds } = Timestamp.parse(value);
    if (signed || nanoseconds >= 0n) return { nanoseconds };
    return { problem: `The tag ${name} is negative (${value}); nothing can go before it was last changed.` };
  } catch (error) {
    if (!(error instanceof TimingError)) throw error;
    return { problem: `The tag ${name} is no timestamp: ${error.message}` };
  }
}

/** The instant, as segments count it (TAI), at a moment of our clock. */
export function taiNanoseconds(moment: Date): bigint {
  return BigInt(moment.getTime()) * NANOSECONDS_PER_MILLISECOND + TAI_AHEAD_OF_UTC_NANOSECONDS;
}

/** The inverse of {@link taiNanoseconds}, as RFC 3339; `undefined` outside the calendar. */
export function momentOf(tai: bigint): string | undefined {
  return rfc3339((tai - TAI_AHEAD_OF_UTC_NANOSECONDS) / NANOSECONDS_PER_MILLISECOND);
}

/** A moment so many nanoseconds after another, as RFC 3339; `undefined` outside the calendar. */
export function momentAfter(moment: Date, nanoseconds: bigint): string | undefined {
  return rfc3339(BigInt(moment.getTime()) + nanoseconds / NANOSECONDS_PER_MILLISECOND);
}

function rfc3339(milliseconds: bigint): string | undefined {
  if (milliseconds < 0n || milliseconds > LAST_MILLISECOND) return undefined;
  return new Date(Number(milliseconds)).toISOString();
}
