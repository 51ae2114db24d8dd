import { continues, hasUnusedHead, hasUnusedTail, type PlayableSegment } from './playable-segment';

/** One entry of a media playlist: a segment, or a stretch of the timeline that has none. Times in nanoseconds. */
export interface Entry {
  readonly start: bigint;
  /** Where the next entry begins. */
  readonly end: bigint;
  /** Absent where the Flow has nothing (EXT-X-GAP). */
  readonly segment?: PlayableSegment;
  /** Whether the media's own clock or coding changes before it (EXT-X-DISCONTINUITY). */
  readonly discontinuity: boolean;
}

export const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** Gaps shorter than this are played over: players bridge them without being told. */
const UNNOTICED_GAP = NANOSECONDS_PER_SECOND / 10n;

/** Where a segment's whole object would lie on the Flow's timeline, when the segment uses only part of it. */
export function wholeObjectOf(segment: PlayableSegment): { readonly start: bigint; readonly end: bigint } | undefined {
  if (!hasUnusedHead(segment) && !hasUnusedTail(segment)) return undefined;
  return { start: segment.objectStart + segment.offset, end: segment.objectEnd + segment.offset };
}

/**
 * The EXT-X-TARGETDURATION that segments need: their longest duration, rounded (RFC 8216bis, section 4.4.3.1).
 * @returns whole seconds, at least 1
 */
export function targetDurationOf(segments: readonly Pick<PlayableSegment, 'start' | 'end'>[]): number {
  const longest = segments.reduce((most, { start, end }) => (end - start > most ? end - start : most), 0n);
  return Math.max(1, Number((longest + NANOSECONDS_PER_SECOND / 2n) / NANOSECONDS_PER_SECOND));
}

/** In how many entries of at most a target duration a gap is told. @param length nanoseconds */
export function gapEntriesIn(length: bigint, targetDuration: number): number {
  const longest = BigInt(targetDuration) * NANOSECONDS_PER_SECOND;
  return Number((length + longest - 1n) / longest);
}

/** A gap that is told as entries; shorter ones are played over. @param length nanoseconds */
export function isNoticedGap(length: bigint): boolean {
  return length >= UNNOTICED_GAP;
}

/**
 * Entries that follow one another without a hole: what segments leave free becomes gaps, in pieces of at most a target
 * duration.
 * @param segments in time order, not overlapping
 * @param targetDuration seconds
 */
export function entriesOf(segments: readonly PlayableSegment[], targetDuration: number): Entry[] {
  const entries: Entry[] = [];
  segments.forEach((segment, index) => {
    const previous = segments[index - 1];
    if (previous && isNoticedGap(segment.start - previous.end))
      entries.push(...gapEntries(previous.end, segment.start, targetDuration));
    const isBridged = previous !== undefined && !isNoticedGap(segment.start - previous.end);
    entries.push({
      // What it bridges counts to it: what came before may have been told already.
      start: isBridged ? previous.end : segment.start,
      end: segment.end,
      segment,
      discontinuity: previous !== undefined && !continues(previous, segment),
    });
  });
  return entries;
}

function gapEntries(from: bigint, to: bigint, targetDuration: number): Entry[] {
  const count = BigInt(gapEntriesIn(to - from, targetDuration));
  const position = (index: bigint): bigint => from + ((to - from) * index) / count;
  return Array.from({ length: Number(count) }, (_, index) => ({
    start: position(BigInt(index)),
    end: position(BigInt(index) + 1n),
    discontinuity: false,
  }));
}
