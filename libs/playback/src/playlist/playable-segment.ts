/** A stored segment as playlists need it. All times are whole nanoseconds. */
export interface PlayableSegment {
  /** First nanosecond on the Flow's timeline. */
  readonly start: bigint;
  /** First nanosecond after it on the Flow's timeline; names the segment within its Flow. */
  readonly end: bigint;
  /** `ts_offset`: time on the Flow's timeline less time in the media. */
  readonly offset: bigint;
  /** What the whole media object holds, on its own timeline: half-open. */
  readonly objectStart: bigint;
  readonly objectEnd: bigint;
  /** The initialisation object its media object needs. */
  readonly initObjectId: string | null;
}

/** Differences below this are rounding between clocks (a tick of 90 kHz is 11,111 ns), in nanoseconds. */
const ROUNDING = 1_000_000n;

/** Whether the media object begins before the part that the segment uses. */
export function hasUnusedHead(segment: PlayableSegment): boolean {
  return segment.start - segment.offset - segment.objectStart > ROUNDING;
}

/** Whether the media object goes on after the part that the segment uses. */
export function hasUnusedTail(segment: PlayableSegment): boolean {
  return segment.objectEnd - (segment.end - segment.offset) > ROUNDING;
}

/**
 * Whether a player that has played one segment whole can go on with the next without being told: its media's own clock goes
 * on, and the decoder is set up for it.
 */
export function continues(previous: PlayableSegment, next: PlayableSegment): boolean {
  const clockJump = next.offset - previous.offset;
  return (
    clockJump < ROUNDING &&
    clockJump > -ROUNDING &&
    next.initObjectId === previous.initObjectId &&
    !hasUnusedTail(previous) &&
    !hasUnusedHead(next)
  );
}
