import { EncodedPacketSink, type EncodedPacket } from 'mediabunny';
import type { ObjectDownload } from '../client/download';
import type { TamsClient } from '../client/tams-client';
import {
  boundsOf,
  Failure,
  type FlowSegment,
  formatTimeRange,
  isPcm,
  type MediaTrack,
  secondsToNanoseconds,
  unreadable,
} from '@tams/media';
import { trimmedSound } from './pcm-trim';
import type { ObjectStore } from './object-store';
import type { SelectedTrack } from './selection';

/** A packet and its range on the Flow's timeline, in nanoseconds. */
export interface TimedPacket {
  packet: EncodedPacket;
  start: bigint;
  end: bigint;
  media: MediaTrack;
}

/** What to read of a track. */
export interface TrackReaderOptions {
  /** Half-open, in nanoseconds; unbounded where absent. */
  range: { start?: bigint; end?: bigint };
  /** The same as a TAMS timerange, for the listing. */
  timerange: string | undefined;
  /** Whether what comes before the start may be given for the decoder's sake, because the output can hide it. */
  withLeadIn: boolean;
  /** Told of a stretch without media. */
  gap: (start: bigint, end: bigint) => void;
  warn: (text: string) => void;
}

/** Nanoseconds by which neighbours may overlap because their clocks are rounded. */
const OVERLAP_OF_ROUNDING = 2_000_000n;

/** Segments fetched ahead of the one being read. */
const AHEAD = 2;

/**
 * Reads one track of a Flow over all its segments as packets in decoding order. Of a segment that uses a part of its object only
 * that part is given. The first picture is a key frame: the last one before the wanted start.
 */
export class TrackReader {
  /** Where presentation begins in the Segment that is read; packets before that are for the decoder. */
  shownFrom = 0n;
  private previousEnd: bigint | undefined;
  private isFirst = true;
  /** Before this a frame of sound would overlap the one before it. */
  private soundEnd: bigint;

  constructor(
    private readonly client: TamsClient,
    private readonly objects: ObjectStore,
    private readonly selected: SelectedTrack,
    private readonly options: TrackReaderOptions,
  ) {
    this.soundEnd = -(2n ** 80n);
  }

  async *packets(): AsyncGenerator<TimedPacket> {
    const { flow } = this.selected;
    const waiting: { segment: FlowSegment; download: ObjectDownload }[] = [];
    const segments = this.segments();
    try {
      for (;;) {
        while (waiting.length <= AHEAD) {
          const next = await segments.next();
          if (next.done) break;
          waiting.push({ segment: next.value, download: this.objects.download(flow.id, next.value) });
        }
        const current = waiting.shift();
        if (!current) return;
        this.noteGap(current.segment);
        yield* this.packetsOf(current.segment, current.download);
        this.isFirst = false;
      }
    } finally {
      await Promise.all(waiting.map(({ download }) => download.cancel()));
    }
  }

  private async *segments(): AsyncGenerator<FlowSegment, undefined> {
    const { timerange } = this.options;
    const query = { limit: '100', ...(timerange === undefined ? {} : { timerange }) };
    for await (const page of this.client.segmentPages(this.selected.flow.id, query)) yield* page;
    return undefined;
  }

  private noteGap(segment: FlowSegment): void {
    const bounds = boundsOf(segment.timerange);
    if (!bounds) return;
    if (this.previousEnd !== undefined && bounds.start > this.previousEnd)
      this.options.gap(this.previousEnd, bounds.start);
    this.previousEnd = bounds.end;
  }

  private async *packetsOf(segment: FlowSegment, download: ObjectDownload): AsyncGenerator<TimedPacket> {
    const bounds = boundsOf(segment.timerange);
    if (!bounds) return;
    const { range } = this.options;
    const wanted = {
      start: range.start !== undefined && range.start > bounds.start ? range.start : bounds.start,
      end: range.end !== undefined && range.end < bounds.end ? range.end : bounds.end,
    };
    this.shownFrom = wanted.start;
    const media = await this.objects.open(this.selected.flow.id, segment, download);
    try {
      const track = this.trackIn(media.tracks);
      if (!track) {
        this.options.gap(bounds.start, bounds.end);
        return;
      }
      const packets = this.timed(track, offsetOf(segment));
      if (this.isFirst) yield* this.lead(segment, track);
      if (track.description.kind === 'video') yield* this.pictures(packets, wanted, segment);
      else yield* this.sounds(packets, wanted, track);
    } catch (error) {
      throw unreadable(media.name, error);
    } finally {
      media.dispose();
    }
  }

  /** A Segment of several tracks may lack one, as at the end of a live stream. */
  private trackIn(tracks: MediaTrack[]): MediaTrack | undefined {
    const { kind, formatIndex } = this.selected;
    return tracks.find(({ description, formatIndex: at }) => description.kind === kind && at === formatIndex);
  }

  private async *timed(media: MediaTrack, offset: bigint): AsyncGenerator<TimedPacket> {
    const packets = new EncodedPacketSink(media.track).packets(undefined, undefined, {
      verifyKeyPackets: media.description.kind === 'video',
    });
    for await (const packet of packets) {
      const seconds = media.onOneTurn(packet.timestamp);
      const start = secondsToNanoseconds(seconds, media.ticksPerSecond) + offset;
      const end = secondsToNanoseconds(seconds + packet.duration, media.ticksPerSecond) + offset;
      yield { packet, start, end, media };
    }
  }

  /**
   * Pictures that are shown before the key frame they follow (an open group of pictures, as encoders of HEVC make it) are
   * explained by the Segment before: where the wanted start is among them, its last group comes first.
   */
  private async *lead(segment: FlowSegment, track: MediaTrack): AsyncGenerator<TimedPacket> {
    const { start } = this.options.range;
    const bounds = boundsOf(segment.timerange);
    if (track.description.kind !== 'video' || start === undefined || !bounds || start < bounds.start) return;
    const packets = this.timed(track, offsetOf(segment));
    const first = await packets.next();
    await packets.return(undefined);
    if (first.done || first.value.start <= start) return;
    const earlier = await this.segmentBefore(bounds.start);
    // Another offset: other media, as where parts of an edit meet.
    if (!earlier || offsetOf(earlier) !== offsetOf(segment)) return;
    yield* this.packetsOf(earlier, this.objects.download(this.selected.flow.id, earlier));
    this.isFirst = false;
  }

  /** The Segment that ends where this one begins. */
  private async segmentBefore(start: bigint): Promise<FlowSegment | undefined> {
    const query = { timerange: formatTimeRange(start - 1n, start), reverse_order: 'true', limit: '1' };
    for await (const page of this.client.segmentPages(this.selected.flow.id, query)) return page[0];
    return undefined;
  }

  /** From the last key frame at or before the start; up to the last packet, in decoding order, that is presented before the end. */
  private async *pictures(
    packets: AsyncIterable<TimedPacket>,
    wanted: { start: bigint; end: bigint },
    segment: FlowSegment,
  ): AsyncGenerator<TimedPacket> {
    let held: TimedPacket[] = [];
    let [begun, skipped] = [false, 0];
    const late = new LatePictures(wanted.end);
    for await (const timed of packets) {
      const isKey = timed.packet.type === 'key';
      if (!begun) {
        if (isKey && timed.start <= wanted.start) held = [];
        if (isKey || held.length > 0) held.push(timed);
        else skipped += 1;
        const reached = timed.start >= wanted.start;
        if (!reached || held.length === 0) continue;
        begun = true;
        const usable = this.isFirst || held[0] === undefined || held[0].start >= wanted.start;
        const from = usable ? 0 : held.findIndex((each) => each.packet.type === 'key' && each.start >= wanted.start);
        skipped += from === -1 ? held.length : from;
        const ready = from === -1 ? [] : held.slice(from);
        held = [];
        if (ready.length === 0) begun = false;
        for (const each of ready) yield* late.before(each);
        continue;
      }
      if (isKey && timed.start >= wanted.end) break;
      yield* late.before(timed);
    }
    if (!begun && this.isFirst) for (const each of held) yield each;
    if (skipped > 0) this.warnOfSkipped(skipped, segment);
  }

  private warnOfSkipped(count: number, segment: FlowSegment): void {
    this.options.warn(
      `Segment ${segment.timerange}: ${count} pictures before a key frame cannot be shown without what is not in it, and are left out`,
    );
  }

  private async *sounds(
    packets: AsyncIterable<TimedPacket>,
    wanted: { start: bigint; end: bigint },
    track: MediaTrack,
  ): AsyncGenerator<TimedPacket> {
    const exact = isPcm(track.description.codec);
    let previous: TimedPacket | undefined;
    for await (const timed of packets) {
      if (timed.start >= wanted.end) break;
      // Where parts of an edit meet, frames of sound overlap: the one that is there already is enough.
      if (timed.start < this.soundEnd && !exact) continue;
      if (timed.end <= wanted.start) {
        previous = timed;
        continue;
      }
      // One frame before the first is what most decoders need to be right from the first sample on.
      if (previous && this.isFirst && this.options.withLeadIn && !exact) yield previous;
      previous = undefined;
      this.soundEnd = timed.end - OVERLAP_OF_ROUNDING;
      yield exact ? trimmedSound(timed, wanted) : timed;
    }
  }
}

/** Pictures that are presented after the end: they are written only where one before the end, decoded after them, needs them. */
class LatePictures {
  private held: TimedPacket[] = [];

  constructor(private readonly end: bigint) {}

  /** What is to be written now that this one comes. */
  *before(timed: TimedPacket): Generator<TimedPacket> {
    if (timed.start >= this.end) {
      this.held.push(timed);
      return;
    }
    yield* this.held.splice(0);
    yield timed;
  }
}

function offsetOf(segment: FlowSegment): bigint {
  const offset = segment.ts_offset;
  if (offset === undefined) return 0n;
  const bounds = boundsOf(`[${offset}]`);
  if (!bounds) throw new Failure(`Segment ${segment.timerange} has a ts_offset that is none: ${offset}`);
  return bounds.start;
}
