import { Failure } from '../failure';
import { ROLLOVER_TICKS, TICKS_PER_SECOND } from '../media-time';
import { AudioFrameReader, type AudioParameters } from './audio-frames';
import { TransportStreamDemuxer, type DemuxerSummary, type ElementaryPacket } from './demuxer';
import { PictureDistances, type FrameTiming } from './frame-rate';
import { PresentationClock } from './presentation-clock';
import { readSequenceParameterSet, type Ratio, type SequenceParameters } from './sequence-parameter-set';

/** Where the samples of one track lie on the presentation timeline. */
export interface TrackTiming {
  /** Ticks (90 kHz, rollover removed) of the sample presented first. */
  firstTicks: number;
  /** Ticks of the sample presented last; for audio, of the last packet of samples. */
  lastTicks: number;
  /** Seconds that the sample (audio: packet) at `lastTicks` lasts, as an exact fraction. */
  lastDuration: Ratio;
}

/** The H.264 track of one file. */
export interface VideoTrack extends TrackTiming {
  pid: number;
  bytes: number;
  keyFrames: number;
  parameters: SequenceParameters;
  timing: FrameTiming;
}

/** The AAC track of one file. */
export interface AudioTrack extends TrackTiming {
  pid: number;
  bytes: number;
  parameters: AudioParameters;
}

/** Everything the ingest needs to know about one MPEG-TS file. */
export interface MediaAnalysis {
  name: string;
  /** Size of the file. */
  bytes: number;
  video?: VideoTrack;
  audio?: AudioTrack;
  /** Sentences about what is unusual but not fatal. */
  warnings: string[];
}

/** A step of the stream's clock beyond this inside a file is a spliced recording, not a pause. */
const LONGEST_STEP_TICKS = 600 * TICKS_PER_SECOND;
/** Decoding times may be written a little out of order; more than this is a jump back. */
const TOLERATED_STEP_BACK_TICKS = TICKS_PER_SECOND;

const START_CODE = Buffer.from([0, 0, 1]);
const UNIT_SLICE_OF_KEY_FRAME = 5;
const UNIT_SUPPLEMENTAL = 6;
const UNIT_SEQUENCE_PARAMETERS = 7;
const MESSAGE_RECOVERY_POINT = 6;

/**
 * Reads one MPEG-TS file in constant memory and says what is in it and when.
 * @param reference ticks of a time shortly before this file, where it continues another: keeps the 33-bit rollover straight
 * @throws Failure where the file is not readable MPEG-TS with H.264 or AAC
 */
export async function analyseTransportStream(
  name: string,
  chunks: AsyncIterable<Buffer>,
  reference?: number,
): Promise<MediaAnalysis> {
  const video = new VideoReader(name, reference);
  const audio = new AudioReader(name, reference);
  const demuxer = new TransportStreamDemuxer(name, (packet) => {
    (packet.kind === 'video' ? video : audio).push(packet);
  });
  for await (const chunk of chunks) demuxer.push(chunk);
  const summary = demuxer.finish();
  const tracks = { ...optional('video', video.track()), ...optional('audio', audio.track()) };
  if (!tracks.video && !tracks.audio) {
    throw new Failure(`${name} announces video or audio but holds no packet of it with a presentation time`, {
      next: 'Re-wrap it without re-encoding: ffmpeg -i <file> -c copy -f mpegts <new file>',
    });
  }
  const analysis = { name, bytes: summary.bytes, ...tracks, warnings: warningsOf(name, summary, tracks.audio) };
  return reference === undefined ? startingAtZeroOrLater(analysis) : analysis;
}

/** The track whose times are the times of the file: the video, or the audio where there is none. */
export function leadingTrack(analysis: MediaAnalysis): TrackTiming {
  const track = analysis.video ?? analysis.audio;
  if (!track) throw new Error(`${analysis.name} was analysed without a track`);
  return track;
}

/** What the readers of both kinds of track share: the clock, its order, and the first and last presentation time. */
abstract class TrackReader {
  protected pid = 0;
  protected bytes = 0;
  protected first = Infinity;
  protected last = -Infinity;
  private previousDecoding: number | undefined;
  private readonly clock: PresentationClock;

  constructor(
    private readonly name: string,
    reference: number | undefined,
  ) {
    this.clock = new PresentationClock(reference);
  }

  /** Notes a packet and returns its presentation time in ticks and its distance in decoding order. */
  protected note(packet: ElementaryPacket): { presentation: number; distance: number } | undefined {
    this.pid = packet.pid;
    this.bytes += packet.payload.length;
    if (packet.pts === undefined) return undefined;
    const presentation = this.clock.unwrap(packet.pts);
    const decoding = presentation - ((packet.pts - (packet.dts ?? packet.pts) + ROLLOVER_TICKS) % ROLLOVER_TICKS);
    const distance = decoding - (this.previousDecoding ?? decoding);
    if (distance < -TOLERATED_STEP_BACK_TICKS || distance > LONGEST_STEP_TICKS) throw this.jump(packet.kind, distance);
    this.previousDecoding = decoding;
    this.first = Math.min(this.first, presentation);
    this.last = Math.max(this.last, presentation);
    return { presentation, distance };
  }

  private jump(kind: string, distance: number): Failure {
    const seconds = (Math.abs(distance) / TICKS_PER_SECOND).toFixed(3);
    return new Failure(
      `${this.name}: the ${kind} clock jumps ${distance < 0 ? 'back' : 'forward'} by ${seconds} s inside the file, and that is not a 33-bit rollover`,
      { next: 'It looks like several recordings in one file. Ingest each as a Flow of its own.' },
    );
  }
}

class VideoReader extends TrackReader {
  private keyFrames = 0;
  private parameters: SequenceParameters | undefined;
  private readonly distances = new PictureDistances();

  push(packet: ElementaryPacket): void {
    const noted = this.note(packet);
    if (noted) this.distances.add(noted.distance);
    this.readUnits(packet.payload);
  }

  track(): VideoTrack | undefined {
    if (!this.parameters || this.first === Infinity) return undefined;
    const timing = this.distances.timing(this.parameters.frameRate) ?? {
      frameRate: undefined,
      pictureDuration: { numerator: 1, denominator: 25 },
    };
    return {
      pid: this.pid,
      bytes: this.bytes,
      keyFrames: this.keyFrames,
      parameters: this.parameters,
      timing,
      firstTicks: this.first,
      lastTicks: this.last,
      lastDuration: timing.pictureDuration,
    };
  }

  /** Looks at the NAL units of one packet: parameters, and whether a picture in it can be decoded without others. */
  private readUnits(payload: Buffer): void {
    let recoveryPoint = false;
    let start = payload.indexOf(START_CODE);
    while (start !== -1) {
      const unit = start + START_CODE.length;
      const next = payload.indexOf(START_CODE, unit);
      const type = (payload[unit] ?? 0) & 0x1f;
      const bytes = payload.subarray(unit, next === -1 ? payload.length : next);
      if (type === UNIT_SEQUENCE_PARAMETERS) this.parameters ??= readParameters(bytes);
      if (type === UNIT_SUPPLEMENTAL && hasRecoveryPoint(bytes)) recoveryPoint = true;
      // The first slice of a picture has macroblock 0, which is coded as a single one bit.
      const startsPicture = (type === 1 || type === UNIT_SLICE_OF_KEY_FRAME) && ((bytes[1] ?? 0) & 0x80) !== 0;
      if (startsPicture) {
        if (type === UNIT_SLICE_OF_KEY_FRAME || recoveryPoint) this.keyFrames += 1;
        recoveryPoint = false;
      }
      start = next;
    }
  }
}

class AudioReader extends TrackReader {
  private readonly frames = new AudioFrameReader();
  private lastSamples = 0;

  push(packet: ElementaryPacket): void {
    const samples = this.frames.push(packet.payload);
    const noted = this.note(packet);
    if (noted && noted.presentation === this.last) this.lastSamples = samples;
  }

  track(): AudioTrack | undefined {
    const { parameters } = this.frames;
    if (!parameters || this.first === Infinity) return undefined;
    return {
      pid: this.pid,
      bytes: this.bytes,
      parameters,
      firstTicks: this.first,
      lastTicks: this.last,
      lastDuration: { numerator: this.lastSamples, denominator: parameters.sampleRate },
    };
  }
}

/** Damaged parameters are passed over: they are repeated with every key frame. */
function readParameters(unit: Buffer): SequenceParameters | undefined {
  try {
    return readSequenceParameterSet(unit);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a supplemental unit marks a picture from which decoding may start without an IDR (ITU-T H.264, D.1.8). */
function hasRecoveryPoint(unit: Buffer): boolean {
  let offset = 1;
  while (offset + 2 < unit.length) {
    const [type, afterType] = readMessageNumber(unit, offset);
    const [size, afterSize] = readMessageNumber(unit, afterType);
    if (type === MESSAGE_RECOVERY_POINT) return true;
    offset = afterSize + size;
  }
  return false;
}

function readMessageNumber(unit: Buffer, from: number): [number, number] {
  let value = 0;
  let offset = from;
  while (unit[offset] === 0xff) {
    value += 0xff;
    offset += 1;
  }
  return [value + (unit[offset] ?? 0), offset + 1];
}

/** A stream that starts right at the rollover may present its first picture before zero: count one turn more. */
function startingAtZeroOrLater(analysis: MediaAnalysis): MediaAnalysis {
  if (leadingTrack(analysis).firstTicks >= 0) return analysis;
  const later = <T extends TrackTiming>(track: T): T => ({
    ...track,
    firstTicks: track.firstTicks + ROLLOVER_TICKS,
    lastTicks: track.lastTicks + ROLLOVER_TICKS,
  });
  return {
    ...analysis,
    ...(analysis.video ? { video: later(analysis.video) } : {}),
    ...(analysis.audio ? { audio: later(analysis.audio) } : {}),
  };
}

function warningsOf(name: string, summary: DemuxerSummary, audio: AudioTrack | undefined): string[] {
  const warnings: string[] = [];
  if (summary.damagedPackets > 0) warnings.push(`${name}: ${summary.damagedPackets} packets are lost or damaged`);
  if (summary.programs > 1) warnings.push(`${name}: holds ${summary.programs} programs; only the first is described`);
  if (summary.otherPids.length > 0) {
    warnings.push(
      `${name}: streams with PID ${summary.otherPids.join(', ')} stay in the media but are not described (first H.264 and first AAC only)`,
    );
  }
  if (audio?.parameters.channels === 0) {
    warnings.push(`${name}: the AAC header does not say how many channels there are; described as 2`);
  }
  return warnings;
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>;
}
