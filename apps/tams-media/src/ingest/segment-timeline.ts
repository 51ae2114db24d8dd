import {
  Failure,
  formatTimeRange,
  formatTimestamp,
  type PreparedSegment,
  ROLLOVER_TICKS,
  summaryOf,
  ticksToNanoseconds,
} from '@tams/media';
import type { SegmentAnalysis, TrackSpan } from './segment-analysis';

const ROLLOVER = ticksToNanoseconds(ROLLOVER_TICKS);
/** Beyond this, a "rollover" is more likely a clock that started again from zero. */
const LONGEST_GAP_OVER_ROLLOVER = 600_000_000_000n;

/** How a timeline treats what does not follow on. */
export interface TimelineOptions {
  warn: (text: string) => void;
  /** Whether segments come while they are made: each is given at once, and a clock that starts anew unannounced is followed. */
  isLive: boolean;
  /** Nanoseconds to add to all times, decided when the first segment is known: none, or from the media's clock to the time of day. */
  originOf: (first: TrackSpan) => bigint;
  /** Offsets by discontinuity, shared by renditions so that they stay together. */
  offsets: Map<number, bigint>;
}

interface Placed {
  analysis: SegmentAnalysis;
  lead: TrackSpan;
  start: bigint;
  end: bigint;
  last: bigint;
  tsOffset: bigint;
  /** Whether it has been given away, so that its end stays. */
  isGiven: boolean;
}

/**
 * Lays segments end to end in their given order. A segment reaches to the start of the next one when they meet within the
 * duration of its last picture, so that ranges neither overlap nor leave slivers; a real gap stays (AppNote 0012). The 33-bit
 * clock of MPEG-TS is followed over its turn (AppNote 0002), and an announced discontinuity continues where the last part
 * ended. A live segment does not wait for the next one where its rate says when it ends; what its clock rounds is then taken from
 * the next one's start.
 */
export class SegmentTimeline {
  private waiting: Placed | undefined;
  private discontinuity: number | undefined;
  private offset = 0n;
  private first: SegmentAnalysis | undefined;
  private origin = 0n;
  /** How long a last picture stays; of one that is alone in its segment nothing tells. */
  private usual = 40_000_000n;

  constructor(private readonly options: TimelineOptions) {}

  /**
   * Places the next segment and returns those whose ends are now known: the one before it, if it was not given earlier, and
   * this one, if it is live.
   * @param discontinuity its Discontinuity Sequence Number
   * @throws Failure where it goes back in time or overlaps, or holds something else than the ones before
   */
  place(analysis: SegmentAnalysis, discontinuity: number): PreparedSegment[] {
    this.refuseChange(analysis);
    const lead = leadingSpan(analysis);
    if (this.first === analysis) this.origin = this.options.originOf(lead);
    this.warnOfMissingTracks(analysis);
    this.followDiscontinuity(analysis, lead, discontinuity);
    const placed = this.placeAt(analysis, lead, this.turnOf(analysis, lead));
    const previous = this.waiting;
    if (previous) this.join(previous, placed);
    this.waiting = placed;
    this.usual = placed.end - placed.last;
    placed.isGiven = this.options.isLive && tellsItsEnd(placed);
    const complete = [...(previous && !previous.isGiven ? [previous] : []), ...(placed.isGiven ? [placed] : [])];
    return complete.map(preparedOf);
  }

  /** The last segment, if it was not given. */
  finish(): PreparedSegment | undefined {
    const last = this.waiting;
    this.waiting = undefined;
    return last && !last.isGiven ? preparedOf(last) : undefined;
  }

  private placeAt(analysis: SegmentAnalysis, lead: TrackSpan, turn: bigint): Placed {
    const tsOffset = this.offset + turn + this.origin;
    return {
      analysis,
      lead,
      start: lead.start + tsOffset,
      end: (lead.end > lead.last ? lead.end : lead.last + this.usual) + tsOffset,
      last: lead.last + tsOffset,
      // Inside an object a time that the library took for negative is one just before the turn.
      tsOffset: analysis.container === 'mpeg-ts' && lead.start < 0n ? tsOffset - ROLLOVER : tsOffset,
      isGiven: false,
    };
  }

  /** Media without a clock of its own, such as AAC frames, always starts anew. */
  private followDiscontinuity(analysis: SegmentAnalysis, lead: TrackSpan, discontinuity: number): void {
    const changed = this.discontinuity !== undefined && discontinuity !== this.discontinuity;
    this.discontinuity = discontinuity;
    const end = this.waiting?.end;
    if (end === undefined || (!changed && analysis.container !== 'other')) return;
    const shared = changed ? this.options.offsets.get(discontinuity) : undefined;
    this.offset = shared ?? end - this.origin - lead.start;
    if (changed && shared === undefined) this.options.offsets.set(discontinuity, this.offset);
  }

  /** Which turn of the 33-bit clock a segment is in: the one nearest to where the last one ended. */
  private turnOf(analysis: SegmentAnalysis, lead: TrackSpan): bigint {
    if (analysis.container !== 'mpeg-ts') return 0n;
    if (!this.waiting) return lead.start < 0n ? ROLLOVER : 0n;
    const distance = this.waiting.end - this.origin - this.offset - lead.start;
    const turns = (distance + ROLLOVER / 2n) / ROLLOVER;
    return (turns < 0n ? 0n : turns) * ROLLOVER;
  }

  private join(previous: Placed, next: Placed): void {
    const gap = next.start - previous.end;
    const tolerance = previous.end - previous.last;
    const restarted = gap <= -tolerance || (turned(previous, next) && gap > LONGEST_GAP_OVER_ROLLOVER);
    if (restarted) {
      if (!this.options.isLive) throw this.refusal(previous, next);
      this.options.warn(`${next.analysis.name}: the clock starts anew; it continues where the last segment ended`);
      this.offset += previous.end - next.start;
      Object.assign(next, this.placeAt(next.analysis, next.lead, this.turnOf(next.analysis, next.lead)));
      return;
    }
    if (gap > tolerance) {
      const names = `between ${previous.analysis.name} and ${next.analysis.name}`;
      this.options.warn(`${formatTimestamp(gap)} without media ${names}`);
      return;
    }
    if (previous.isGiven) next.start = previous.end;
    else previous.end = next.start;
  }

  private refusal(previous: Placed, next: Placed): Failure {
    const next_ =
      'A Flow has one continuous timeline. Mark the place with EXT-X-DISCONTINUITY, ingest each continuous part as a Flow of its own, or put the files into time order.';
    if (turned(previous, next)) {
      const ticks = (time: bigint): bigint => (time * 9n) / 100_000n;
      return new Failure(
        `the clock falls from PTS ${ticks(previous.lead.last)} in ${previous.analysis.name} to ${ticks(next.lead.start)} in ${next.analysis.name}, and that is not a 33-bit rollover`,
        { next: next_ },
      );
    }
    const where = next.start <= previous.start ? 'before' : 'inside';
    return new Failure(
      `${next.analysis.name} starts at ${formatTimestamp(next.start)}, ${where} ${previous.analysis.name} (${formatTimeRange(previous.start, previous.end)}), although it comes after it`,
      { next: next_ },
    );
  }

  /** A Flow has one picture size, one sample rate and one place in the container for all its segments. */
  private refuseChange(analysis: SegmentAnalysis): void {
    this.first ??= analysis;
    const { first } = this;
    for (const span of analysis.spans) {
      const before = first.spans.find((each) => isSameTrack(each, span));
      if (!before || summaryOf(before.description) === summaryOf(span.description)) continue;
      throw new Failure(
        `${analysis.name} holds ${summaryOf(span.description)}, but ${first.name} holds ${summaryOf(before.description)}`,
        { next: 'One Flow describes all its segments once. Ingest files that differ as Flows of their own.' },
      );
    }
  }

  private warnOfMissingTracks(analysis: SegmentAnalysis): void {
    const missing = this.first?.spans.filter((span) => !analysis.spans.some((each) => isSameTrack(each, span))) ?? [];
    for (const span of missing) {
      const { kind } = span.description;
      this.options.warn(`${analysis.name} holds no ${kind}, although ${this.first?.name ?? ''} does`);
    }
  }
}

/** The track whose times are the times of the segment: the picture, or the first sound where there is none. */
export function leadingSpan(analysis: SegmentAnalysis): TrackSpan {
  const span = analysis.spans.find(({ description }) => description.kind === 'video') ?? analysis.spans[0];
  if (!span) throw new Failure(`${analysis.name} holds neither picture nor sound`);
  return span;
}

function isSameTrack(a: TrackSpan, b: TrackSpan): boolean {
  return a.description.kind === b.description.kind && a.formatIndex === b.formatIndex;
}

/** Where the rate of pictures varies, only the next one tells how long the last one stays. */
function tellsItsEnd({ lead: { description } }: Placed): boolean {
  return description.kind === 'audio' || description.frameRate !== undefined;
}

function turned(previous: Placed, next: Placed): boolean {
  return next.lead.start < previous.lead.start && next.tsOffset > previous.tsOffset;
}

function preparedOf({ analysis, lead, start, end, last, tsOffset }: Placed): PreparedSegment {
  const isVideo = lead.description.kind === 'video';
  return {
    content: analysis.content,
    ...(analysis.init ? { init: analysis.init } : {}),
    start,
    end,
    tsOffset,
    ...(isVideo ? { lastDuration: end - last, keyFrames: lead.keyFrames } : {}),
    ...(analysis.spans.length > 1 ? { trackBytes: analysis.spans.map((span) => span.bytes) } : {}),
  };
}
