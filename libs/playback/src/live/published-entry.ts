import { type Entry, entriesOf } from '../playlist/entry';
import type { PlayableSegment } from '../playlist/playable-segment';

/** An entry as players were told of it: its numbers never change. */
export interface PublishedEntry extends Entry {
  /** Its Media Sequence Number (RFC 8216bis, section 3). */
  readonly sequence: number;
  /** Its Discontinuity Sequence Number. */
  readonly discontinuitySequence: number;
}

/** Where numbering goes on. */
export interface NextNumbers {
  readonly sequence: number;
  /** Of an entry that continues what is before it. */
  readonly discontinuitySequence: number;
}

/** A segment that may be published. */
export interface WaitingSegment extends PlayableSegment {
  /** Whether it was registered so long ago that what is missing before it will hardly come any more. */
  readonly settled: boolean;
}

/** Gaps below this are played over; see `entriesOf`. */
type IsGap = (length: bigint) => boolean;

/**
 * Segments up to the first hole that may still be filled: uploads of several segments at a time end in any order, and what
 * was once told to be a gap stays one.
 * @param from end of what is published, in nanoseconds; absent when nothing is
 */
export function upToUnsettledGap(
  segments: readonly WaitingSegment[],
  from: bigint | undefined,
  isGap: IsGap,
): WaitingSegment[] {
  let end = from;
  // What begins earlier came late: there it is told already what there is.
  const later = segments.filter(({ start }) => from === undefined || start >= from);
  const stop = later.findIndex((segment) => {
    const hole = end !== undefined && isGap(segment.start - end);
    end = segment.end;
    return hole && !segment.settled;
  });
  return stop < 0 ? later : later.slice(0, stop);
}

/**
 * Numbers what comes after what is published.
 * @param previous the segment published last; its entry is not made again
 * @param isBreak whether what is published does not go on here
 */
export function publish(
  segments: readonly PlayableSegment[],
  previous: PlayableSegment | undefined,
  isBreak: boolean,
  targetDuration: number,
  next: NextNumbers,
): PublishedEntry[] {
  const entries =
    previous && !isBreak
      ? entriesOf([previous, ...segments], targetDuration).slice(1)
      : entriesOf(segments, targetDuration);
  let { discontinuitySequence } = next;
  return entries.map((entry, index) => {
    const discontinuity = entry.discontinuity || (index === 0 && isBreak);
    if (discontinuity) discontinuitySequence += 1;
    return { ...entry, discontinuity, sequence: next.sequence + index, discontinuitySequence };
  });
}
