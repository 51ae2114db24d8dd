import {
  EncodedAudioPacketSource,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  MpegTsOutputFormat,
  WavOutputFormat,
  type AudioCodec,
  type EncodedPacket,
  type Output,
  type OutputFormat,
} from 'mediabunny';
import { advice, asWavPackets, Failure, isPcm, type TrackDescription, type TrackWriter } from '@tams/media';
import type { TimedPacket } from './track-reader';

/** Formats that packets are written into anew; `segments` joins objects as they are. */
export type RemuxFormat = 'mp4' | 'mov' | 'mkv' | 'ts' | 'wav';

/** Whether a format has edit lists, with which a file begins at the very frame. */
export function hasEditLists(format: RemuxFormat): boolean {
  return format === 'mp4' || format === 'mov';
}

/** What is known of a file before it is written. */
export interface FileExtent {
  seconds: number;
  /** Whether its presentation ends before its media does, for which room is kept too. */
  isEnded: boolean;
}

/** `faststart`: what a player must know first stands at the front. Short files are put together in memory, for long ones room is kept. */
export function outputFormat(format: RemuxFormat, extent: FileExtent): OutputFormat {
  const fastStart = keepsRoom(format, extent) ? 'reserve' : 'in-memory';
  switch (format) {
    case 'wav':
      return new WavOutputFormat({ large: extent.seconds > LONGEST_PLAIN_WAV_SECONDS });
    case 'mkv':
      return new MkvOutputFormat();
    case 'ts':
      return new MpegTsOutputFormat();
    case 'mp4':
      return new Mp4OutputFormat({ fastStart });
    case 'mov':
      return new MovOutputFormat({ fastStart });
  }
}

const LONGEST_IN_MEMORY_SECONDS = 60;
/** A WAV with 32-bit sizes ends at 4 GB: for 8 channels of 32 bits at 48 kHz that is after 46 minutes. */
const LONGEST_PLAIN_WAV_SECONDS = 2700;

/** Places for packets that a file keeps at its front; `undefined` where it needs none. */
export function packetsReserved(
  format: RemuxFormat,
  description: TrackDescription,
  extent: FileExtent,
): number | undefined {
  return keepsRoom(format, extent) ? mostPackets(description, extent.seconds) : undefined;
}

function keepsRoom(format: RemuxFormat, { seconds, isEnded }: FileExtent): boolean {
  return hasEditLists(format) && (isEnded || seconds > LONGEST_IN_MEMORY_SECONDS);
}

/** More packets than a track of this length can have, unless its frame rate jumps. */
function mostPackets(description: TrackDescription, seconds: number): number {
  const perSecond =
    description.kind === 'video'
      ? description.frameRate
        ? description.frameRate.numerator / description.frameRate.denominator
        : 240
      : description.sampleRate / Math.min(description.frameSize ?? 512, 512);
  return Math.ceil((seconds + 10) * perSecond * 1.1) + 1000;
}

/** Writes sound in numbers into a WAV. */
export function wavWriter(output: Output, { packet, media }: TimedPacket): TrackWriter {
  const { description } = media;
  if (description.kind !== 'audio') throw new Error('a WAV of pictures');
  const source = new EncodedAudioPacketSource(asWavPackets(description.codec as AudioCodec, []).codec);
  output.addAudioTrack(source);
  const { codec } = asWavPackets(description.codec as AudioCodec, [packet]);
  const config = { codec, sampleRate: description.sampleRate, numberOfChannels: description.channels };
  return {
    add: async (each: EncodedPacket) => {
      const [converted] = asWavPackets(description.codec as AudioCodec, [each]).packets;
      if (converted) await source.add(converted, { decoderConfig: config });
    },
    close: () => {
      source.close();
    },
  };
}

/** @throws Failure where a format cannot hold these tracks */
export function refuseUnfitTracks(format: RemuxFormat, tracks: readonly TrackDescription[]): void {
  if (format === 'mp4' && tracks.some(({ codec }) => isPcm(codec))) {
    throw new Failure('This holds sound in numbers, which many players misread or refuse in an MP4', {
      next: 'Write it into a .mov or .mkv.',
    });
  }
  if (format === 'ts') refuseUnfitForTransportStream(tracks);
  if (format !== 'wav') return;
  const unfit = tracks.find(({ codec }) => !isPcm(codec));
  if (unfit) {
    throw new Failure(`A WAV holds sound in numbers, and this is ${unfit.codec}`, {
      next: advice.decodeSound,
    });
  }
  if (tracks.length > 1) {
    throw new Failure('A WAV holds one sound, and these are several', { next: 'Give the id of one audio Flow.' });
  }
}

const TRANSPORT_STREAM = new MpegTsOutputFormat();
const CODINGS_OF_TRANSPORT_STREAMS: readonly string[] = TRANSPORT_STREAM.getSupportedCodecs();

function refuseUnfitForTransportStream(tracks: readonly TrackDescription[]): void {
  const most = TRANSPORT_STREAM.getSupportedTrackCounts().audio.max;
  const sounds = tracks.filter(({ kind }) => kind === 'audio').length;
  if (sounds > most) {
    throw new Failure(`An MPEG-TS written here holds ${most} sounds at most, and these are ${sounds}`, {
      next: 'Write it into an .mkv, or give the id of one Flow.',
    });
  }
  const unfit = tracks.find(({ codec }) => !CODINGS_OF_TRANSPORT_STREAMS.includes(codec));
  if (!unfit) return;
  throw new Failure(`An MPEG-TS holds H.264, HEVC, AAC, MP3, AC-3, E-AC-3 and DTS, and this is ${unfit.codec}`, {
    next: 'Write it into an .mkv, which holds every coding.',
  });
}
