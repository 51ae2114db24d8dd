import { ALL_FORMATS, BufferSource, EncodedPacketSink, FilePathSource, Input, type Source } from 'mediabunny';
import {
  checkPackets,
  type Content,
  Failure,
  type MediaTrack,
  type OpenMedia,
  openMedia,
  secondsToNanoseconds,
  sizeOf,
  type TrackDescription,
  unreadable,
} from '@tams/media';
import { chunksOfFile } from './local-file';

/** When one track of a segment begins and ends; nanoseconds on the media's own clock. */
export interface TrackSpan {
  description: TrackDescription;
  /** PID or track id. */
  trackId: number;
  index: number;
  formatIndex: number;
  start: bigint;
  end: bigint;
  /** Time of what is presented last. */
  last: bigint;
  keyFrames: number;
  bytes: number;
}

/** What is in one segment that is stored as it is. */
export interface SegmentAnalysis {
  name: string;
  content: Content;
  init?: Content;
  spans: TrackSpan[];
  container: 'mpeg-ts' | 'isobmff' | 'other';
  mimeType: string;
  warnings: string[];
}

const LONGEST_STEP_SECONDS = 600;
/** Decoding order may go back a little between pictures that are reordered; more than this is a jump. */
const LONGEST_STEP_BACK_SECONDS = 5;

/** Reads segments of one stream one after another; what a decoder must know may stand in the first one only. */
export class SegmentReader {
  private first: OpenMedia | undefined;
  private initMedia: { content: Content; input: Input } | undefined;

  /** Opens and describes one segment. @throws Failure where it is damaged or holds nothing */
  async analyse(name: string, content: Content, init?: Content): Promise<SegmentAnalysis> {
    if (sizeOf(content) === 0) throw new Failure(`${name} is empty`);
    const initInput = init ? this.openInit(init) : this.first?.input;
    const media = await openMedia(name, sourceOf(content), initInput);
    try {
      const spans = [];
      for (const track of media.tracks) spans.push(await spanOf(name, track));
      const packetWarnings = await this.checkTransportStream(media, name, content, spans);
      const warnings = [...media.unread, ...media.warnings, ...packetWarnings];
      const container = media.isTransportStream ? 'mpeg-ts' : media.hasEditLists ? 'isobmff' : 'other';
      const mimeType = media.isTransportStream ? 'video/mp2t' : media.format.mimeType;
      return { name, content, ...(init ? { init } : {}), spans, container, mimeType, warnings };
    } finally {
      if (this.first === undefined && media.isTransportStream) this.first = media;
      else media.dispose();
    }
  }

  /** Closes what was kept open for later segments. */
  dispose(): void {
    this.first?.dispose();
    this.initMedia?.input.dispose();
  }

  private openInit(init: Content): Input {
    if (this.initMedia?.content !== init) {
      this.initMedia?.input.dispose();
      this.initMedia = { content: init, input: new Input({ source: sourceOf(init), formats: ALL_FORMATS }) };
    }
    return this.initMedia.input;
  }

  private async checkTransportStream(
    media: OpenMedia,
    name: string,
    content: Content,
    spans: TrackSpan[],
  ): Promise<string[]> {
    if (!media.isTransportStream || !('path' in content)) return [];
    const { path, offset, size } = content;
    const { streamPids, lostPackets } = await checkPackets(name, chunksOfFile(path, offset, offset + size));
    const others = streamPids.filter((pid) => !spans.some((span) => span.trackId === pid));
    return [
      ...(lostPackets > 0 ? [`${name}: ${lostPackets} packets are lost or damaged`] : []),
      ...(others.length > 0
        ? [`${name}: streams with PID ${others.join(', ')} stay in the media but are not described`]
        : []),
    ];
  }
}

/** Content as mediabunny reads it. */
export function sourceOf(content: Content): Source {
  if ('bytes' in content) return new BufferSource(content.bytes);
  const file = new FilePathSource(content.path);
  return content.offset === 0 ? file : file.slice(content.offset, content.size);
}

async function spanOf(name: string, media: MediaTrack): Promise<TrackSpan> {
  const { track, description, ticksPerSecond } = media;
  const resolution = await track.getTimeResolution();
  let [start, last, end, previous] = [Infinity, -Infinity, -Infinity, Number.NaN];
  let [keyFrames, bytes] = [0, 0];
  const frameDuration = description.kind === 'audio' ? (description.frameSize ?? 1024) / description.sampleRate : 0;
  try {
    for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
      verifyKeyPackets: description.kind === 'video',
    })) {
      const timestamp = media.onOneTurn(packet.timestamp);
      refuseJump(name, description.kind, timestamp - previous);
      previous = timestamp;
      if (packet.type === 'key') keyFrames += 1;
      bytes += packet.byteLength;
      start = Math.min(start, timestamp);
      if (timestamp <= last) continue;
      last = timestamp;
      // A lone packet at the end often has no duration in the container.
      end = last + (packet.duration || frameDuration);
    }
  } catch (error) {
    throw unreadable(name, error);
  }
  // The clock of the container decides, which for sound may be another than its samples'.
  const ticks = Number.isInteger(resolution) ? resolution : ticksPerSecond;
  const [startTime, lastTime] = [secondsToNanoseconds(start, ticks), secondsToNanoseconds(last, ticks)];
  const { id: trackId } = track;
  const { index, formatIndex } = media;
  const endTime = endOf(description, last, end, ticks);
  return { description, trackId, index, formatIndex, start: startTime, last: lastTime, end: endTime, keyFrames, bytes };
}

/** The last picture lasts as long as the frame rate says: durations in files are often missing or rounded. */
function endOf(description: TrackDescription, last: number, end: number, ticks: number): bigint {
  if (description.kind === 'audio' || !description.frameRate) return secondsToNanoseconds(end, ticks);
  const { numerator, denominator } = description.frameRate;
  const duration = (BigInt(denominator) * 2_000_000_000n + BigInt(numerator)) / (2n * BigInt(numerator));
  return secondsToNanoseconds(last, ticks) + duration;
}

function refuseJump(name: string, kind: string, step: number): void {
  if (Number.isNaN(step) || (step > -LONGEST_STEP_BACK_SECONDS && step < LONGEST_STEP_SECONDS)) return;
  const direction = step < 0 ? 'back' : 'forward';
  throw new Failure(
    `${name}: the ${kind} clock jumps ${direction} by ${Math.abs(step).toFixed(3)} s inside the file, and that is not a 33-bit rollover`,
    { next: 'It looks like several recordings in one file. Ingest each as a Flow of its own.' },
  );
}
