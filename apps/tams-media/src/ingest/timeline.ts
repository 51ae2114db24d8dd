import { Failure } from '../failure';
import { formatTimeRange, formatTimestamp, ROLLOVER_TICKS, TICKS_PER_SECOND, ticksToNanoseconds } from '../media-time';
import { leadingTrack, type MediaAnalysis } from '../transport-stream/analysis';
import type { Ratio } from '../transport-stream/sequence-parameter-set';

/** One file placed on the Flow's timeline; times in nanoseconds, the range half-open. */
export interface TimedMedia {
  media: MediaAnalysis;
  start: bigint;
  end: bigint;
  /** From the last picture to `end`; undefined for audio alone, where a packet is many samples. */
  lastDuration: bigint | undefined;
  /** What to add to the file's own 33-bit times to get Flow times; 0 before the first rollover (AppNote 0002). */
  tsOffset: bigint;
}

/** A Flow's worth of media and what a person may want to know about it. */
export interface Timeline {
  segments: TimedMedia[];
  warnings: string[];
}

/** Beyond this, a "rollover" is more likely a clock that started again from zero. */
const LONGEST_GAP_OVER_ROLLOVER_TICKS = 600 * TICKS_PER_SECOND;

/**
 * Lays files end to end in their given order. A file reaches to the start of the next one when they meet within the duration
 * of its last picture, so that ranges neither overlap nor leave slivers; a real gap stays (AppNote 0012).
 * @throws Failure where a file goes back in time or overlaps the one before it
 */
export function layTimeline(files: MediaAnalysis[]): Timeline {
  const segments: TimedMedia[] = [];
  const warnings: string[] = [];
  for (const media of files) {
    const track = leadingTrack(media);
    const last = ticksToNanoseconds(track.lastTicks);
    const segment: TimedMedia = {
      media,
      start: ticksToNanoseconds(track.firstTicks),
      end: last + nanosecondsOf(track.lastDuration),
      lastDuration: media.video && nanosecondsOf(track.lastDuration),
      tsOffset: ticksToNanoseconds(Math.floor(track.firstTicks / ROLLOVER_TICKS) * ROLLOVER_TICKS),
    };
    const previous = segments.at(-1);
    if (previous) {
      const gap = joinTo(previous, segment);
      if (gap > 0n)
        warnings.push(`${formatTimestamp(gap)} without media between ${previous.media.name} and ${media.name}`);
    }
    segments.push(segment);
  }
  return { segments, warnings };
}

/** The whole range that the segments cover, as a TAMS timerange. */
export function coverageOf(segments: TimedMedia[]): string {
  return formatTimeRange(segments[0]?.start ?? 0n, segments.at(-1)?.end ?? 0n);
}

/** Closes the seam between two neighbours and returns the gap that remains, in nanoseconds. */
function joinTo(previous: TimedMedia, next: TimedMedia): bigint {
  const gap = next.start - previous.end;
  const tolerance = nanosecondsOf(leadingTrack(previous.media).lastDuration);
  if (gap <= -tolerance) throw overlap(previous, next);
  if (isRestart(previous.media, next.media)) throw restart(previous, next);
  if (gap > tolerance) return gap;
  previous.end = next.start;
  if (previous.lastDuration !== undefined) {
    previous.lastDuration = previous.end - ticksToNanoseconds(leadingTrack(previous.media).lastTicks);
  }
  return 0n;
}

function isRestart(previous: MediaAnalysis, next: MediaAnalysis): boolean {
  const from = leadingTrack(previous).lastTicks;
  const to = leadingTrack(next).firstTicks;
  const turned = Math.floor(to / ROLLOVER_TICKS) > Math.floor(from / ROLLOVER_TICKS);
  return turned && to - from > LONGEST_GAP_OVER_ROLLOVER_TICKS;
}

const HOW_TO_SPLIT =
  'A Flow has one continuous timeline. Ingest each continuous part as a Flow of its own, or put the files into time order.';

function overlap(previous: TimedMedia, next: TimedMedia): Failure {
  const goesBack = next.start <= previous.start;
  return new Failure(
    `${next.media.name} starts at ${formatTimestamp(next.start)}, ${goesBack ? 'before' : 'inside'} ${previous.media.name} (${formatTimeRange(previous.start, previous.end)}), although it comes after it`,
    { next: HOW_TO_SPLIT },
  );
}

function restart(previous: TimedMedia, next: TimedMedia): Failure {
  const from = leadingTrack(previous.media).lastTicks % ROLLOVER_TICKS;
  const to = leadingTrack(next.media).firstTicks % ROLLOVER_TICKS;
  return new Failure(
    `the clock falls from PTS ${from} in ${previous.media.name} to ${to} in ${next.media.name}, and that is not a 33-bit rollover`,
    { next: HOW_TO_SPLIT },
  );
}

function nanosecondsOf(duration: Ratio): bigint {
  const denominator = BigInt(duration.denominator);
  return (BigInt(duration.numerator) * 1_000_000_000n * 2n + denominator) / (denominator * 2n);
}
