import {
  EncodedPacketSink,
  type EncodedPacket,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  type MediaCodec,
} from 'mediabunny';
import { exactFrameRate } from './frame-rate';
import { reduced, type Ratio } from './ratio';
import { findSequenceParameterSet, readSequenceParameterSet } from './sequence-parameter-set';

/** How samples are packed into numbers: bits of a component, and chroma subsampling where there is chroma. */
export interface SampleFormat {
  bitDepth?: number;
  /** Horizontal and vertical subsampling, 2 and 2 for 4:2:0. */
  chroma?: { horizontal: number; vertical: number };
  /** Present where the stream says so; false where pictures may be fields. */
  progressive?: boolean;
}

/** Colour in the words of WebCodecs, which name the codes of ITU-T H.273; absent where the media does not say. */
export interface Colour {
  primaries?: string;
  transfer?: string;
  matrix?: string;
}

/** A picture track as its Flow describes it. */
export interface VideoDescription extends SampleFormat {
  kind: 'video';
  codec: MediaCodec;
  /** RFC 6381, for example `avc1.64001e`. */
  codecString: string;
  width: number;
  height: number;
  pixelAspectRatio: Ratio;
  /** Absent where the rate varies. */
  frameRate?: Ratio;
  colour: Colour;
  language: string;
  name?: string;
}

/** A sound track as its Flow describes it. */
export interface AudioDescription {
  kind: 'audio';
  codec: MediaCodec;
  codecString: string;
  sampleRate: number;
  channels: number;
  /** Bits of a sample, where the coding has such a number. */
  bitDepth?: number;
  /** Samples of one coded frame, where they are always the same. */
  frameSize?: number;
  language: string;
  name?: string;
}

export type TrackDescription = VideoDescription | AudioDescription;

/** Describes a track whose codec is known; the first packets are read for it. */
export async function describeTrack(track: InputTrack, codec: MediaCodec): Promise<TrackDescription | undefined> {
  if (track.isVideoTrack()) return describeVideo(track, codec);
  if (track.isAudioTrack()) return describeAudio(track, codec);
  return undefined;
}

/** One line about what must stay the same through a Flow. */
export function summaryOf(description: TrackDescription): string {
  return description.kind === 'video'
    ? `${description.codec} ${description.width}x${description.height}`
    : `${description.codec} ${description.sampleRate} Hz with ${description.channels} channels`;
}

async function describeVideo(track: InputVideoTrack, codec: MediaCodec): Promise<VideoDescription> {
  const pixel = await track.getPixelAspectRatio();
  const codecString = (await track.getCodecParameterString()) ?? codec;
  const frameRate = exactFrameRate(await track.computeFrameRateMetrics());
  const record = asBytes((await track.getDecoderConfig())?.description);
  const packet = await new EncodedPacketSink(track).getFirstKeyPacket();
  return {
    kind: 'video',
    codec,
    codecString,
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
    pixelAspectRatio: reduced(pixel.num, pixel.den),
    ...(frameRate ? { frameRate } : {}),
    colour: colourOf(await track.getColorSpace()),
    ...sampleFormatOf(codec, codecString, record, packet),
    ...(await commonOf(track)),
  };
}

async function describeAudio(track: InputAudioTrack, codec: MediaCodec): Promise<AudioDescription> {
  const codecString = (await track.getCodecParameterString()) ?? codec;
  const sampleRate = await track.getSampleRate();
  const bitDepth = bitDepthOfAudio(codec, asBytes((await track.getDecoderConfig())?.description));
  const frameSize = FRAME_SIZES[codec];
  return {
    kind: 'audio',
    codec,
    codecString,
    sampleRate,
    channels: await track.getNumberOfChannels(),
    ...(bitDepth === undefined ? {} : { bitDepth }),
    ...(frameSize === undefined ? {} : { frameSize }),
    ...(await commonOf(track)),
  };
}

function colourOf(space: { primaries?: unknown; transfer?: unknown; matrix?: unknown }): Colour {
  const { primaries, transfer, matrix } = space;
  return {
    ...(typeof primaries === 'string' ? { primaries } : {}),
    ...(typeof transfer === 'string' ? { transfer } : {}),
    ...(typeof matrix === 'string' ? { matrix } : {}),
  };
}

/** Samples of a coded frame in codings that know only one size. */
const FRAME_SIZES: Partial<Record<MediaCodec, number>> = { aac: 1024, ac3: 1536 };

async function commonOf(track: InputTrack): Promise<{ language: string; name?: string }> {
  const name = await track.getName();
  return { language: await track.getLanguageCode(), ...(name ? { name } : {}) };
}

function bitDepthOfAudio(codec: MediaCodec, record: Uint8Array | undefined): number | undefined {
  const pcm = /^pcm-[a-z](\d+)/.exec(codec)?.[1];
  if (pcm !== undefined) return Number(pcm);
  if (codec !== 'flac' || !record) return undefined;
  // STREAMINFO (RFC 9639, 8.2) behind `fLaC` and a block header of four bytes: five bits, less one, across bytes 12 and 13.
  const info = record.subarray(record[0] === 0x66 ? 8 : 4);
  return ((((info[12] ?? 0) & 1) << 4) | ((info[13] ?? 0) >> 4)) + 1;
}

function sampleFormatOf(
  codec: MediaCodec,
  codecString: string,
  record: Uint8Array | undefined,
  packet: EncodedPacket | null,
): SampleFormat {
  const parts = codecString.split('.');
  const readers: Partial<Record<MediaCodec, () => SampleFormat>> = {
    avc: () => formatOfAvc(findSequenceParameterSet(record, packet?.data ?? new Uint8Array())),
    hevc: () => formatOfHevc(record, parts),
    vp8: () => ({ bitDepth: 8, ...subsampling(1), progressive: true }),
    vp9: () => ({
      bitDepth: Number(parts[3] ?? 8),
      ...subsampling(Math.max(1, Number(parts[4] ?? 1))),
      progressive: true,
    }),
    av1: () => ({
      bitDepth: Number(parts[3] ?? 8),
      ...subsampling(parts[5]?.startsWith('10') ? 2 : 1),
      progressive: true,
    }),
    prores: () =>
      codecString.startsWith('ap4') ? { bitDepth: 12, ...subsampling(3) } : { bitDepth: 10, ...subsampling(2) },
  };
  return readers[codec]?.() ?? {};
}

/** Damaged parameters say nothing, but the pictures may still be readable. */
function formatOfAvc(unit: Uint8Array | undefined): SampleFormat {
  if (!unit) return {};
  try {
    const { bitDepth, chromaFormat, framesOnly } = readSequenceParameterSet(unit);
    return { bitDepth, ...subsampling(chromaFormat), progressive: framesOnly };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/** `hvcC` (ISO/IEC 14496-15, 8.3.3.1) where there is one, and the constraint flags of the codec string (E.3). */
function formatOfHevc(record: Uint8Array | undefined, parts: string[]): SampleFormat {
  const flags = Number.parseInt(parts[4] ?? '', 16);
  const scan = Number.isNaN(flags) || (flags & 0xc0) === 0 ? {} : { progressive: (flags & 0x80) !== 0 };
  if (record && record.length > 18) {
    return { bitDepth: ((record[17] ?? 0) & 7) + 8, ...subsampling((record[16] ?? 0) & 3), ...scan };
  }
  const profile = Number(parts[1]);
  if (profile === 1) return { bitDepth: 8, ...subsampling(1), ...scan };
  return profile === 2 ? { bitDepth: 10, ...subsampling(1), ...scan } : scan;
}

/** By `chroma_format_idc`: 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
function subsampling(format: number): Pick<SampleFormat, 'chroma'> {
  const [horizontal, vertical] = { 1: [2, 2], 2: [2, 1], 3: [1, 1] }[format] ?? [];
  return horizontal && vertical ? { chroma: { horizontal, vertical } } : {};
}

/** The library's type for it comes with browsers' type definitions, which are not used here. */
function asBytes(description: unknown): Uint8Array | undefined {
  if (isArrayBuffer(description)) return new Uint8Array(description);
  if (!ArrayBuffer.isView(description)) return undefined;
  return new Uint8Array(description.buffer, description.byteOffset, description.byteLength);
}

/** By its name: an ArrayBuffer of another realm is no instance of this one's. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return ['[object ArrayBuffer]', '[object SharedArrayBuffer]'].includes(Object.prototype.toString.call(value));
}
