import type { ContainerMapping, Flow } from '../tams-types';
import { reduced } from '../reading/ratio';
import type { AudioDescription, Colour, TrackDescription, VideoDescription } from '../reading/track-description';
import type { FlowIds } from './flow-ids';

/** MIME types of codings, as the specification asks for them: IANA's where there is one. */
const CODECS: Record<string, string> = {
  avc: 'video/h264',
  hevc: 'video/h265',
  vp8: 'video/VP8',
  vp9: 'video/VP9',
  av1: 'video/AV1',
  prores: 'video/x-prores',
  aac: 'audio/aac',
  opus: 'audio/opus',
  mp3: 'audio/mpeg',
  vorbis: 'audio/vorbis',
  flac: 'audio/flac',
  ac3: 'audio/ac3',
  eac3: 'audio/eac3',
  dts: 'audio/vnd.dts',
  ulaw: 'audio/PCMU',
  alaw: 'audio/PCMA',
};

/** What all Flows of an ingest share. */
export interface FlowNaming {
  label: string;
  description: string;
}

/** Where and how a Flow's segments are stored; absent for a Flow inside others' segments. */
export interface FlowStorage {
  container: string;
  initSegments: boolean;
}

/** Describes one track as a Flow (schemas `flow-video` and `flow-audio`). */
export function trackFlow(track: TrackDescription, ids: FlowIds, naming: FlowNaming, storage?: FlowStorage): Flow {
  const essence = track.kind === 'video' ? videoEssence(track) : audioEssence(track);
  const language = track.language === 'und' ? undefined : track.language;
  return {
    ...ids,
    format: `urn:x-nmos:format:${track.kind}`,
    ...naming,
    codec: codecOf(track),
    ...(storage ? { container: storage.container } : {}),
    essence_parameters: { ...essence, ...(storage?.initSegments ? { init_segments: true } : {}) },
    ...(language === undefined ? {} : { tags: { language_code: language } }),
  };
}

/** Describes a multi Flow that collects others; with storage it holds their media in its own segments. */
export function multiFlow(ids: FlowIds, naming: FlowNaming, collected: Collected[], storage?: FlowStorage): Flow {
  return {
    ...ids,
    format: 'urn:x-nmos:format:multi',
    ...naming,
    ...(storage ? { container: storage.container } : {}),
    ...(storage?.initSegments ? { essence_parameters: { init_segments: true } } : {}),
    flow_collection: collected.map(({ flow, role, mapping }) => ({
      id: flow.id,
      role,
      ...(mapping ? { container_mapping: mapping } : {}),
    })),
  };
}

/** An item of a collection. */
export interface Collected {
  flow: Flow;
  role: string;
  mapping?: ContainerMapping;
}

/** Roles of tracks beside one another: `video`, `audio`, and where there are several sounds their language or number. */
export function rolesOf(tracks: readonly TrackDescription[]): string[] {
  return tracks.map((track) => {
    const alike = tracks.filter((other) => other.kind === track.kind);
    if (alike.length === 1) return track.kind;
    const distinct = new Set(alike.map((other) => other.language)).size === alike.length;
    return `${track.kind}_${distinct ? track.language : String(alike.indexOf(track) + 1)}`;
  });
}

function codecOf(track: TrackDescription): string {
  if (track.codec.startsWith('pcm-')) return track.codec.startsWith('pcm-f') ? 'audio/x-raw-float' : 'audio/x-raw-int';
  return CODECS[track.codec] ?? `${track.kind}/${track.codec}`;
}

function videoEssence(track: VideoDescription): Record<string, unknown> {
  const pixel = track.pixelAspectRatio;
  return {
    ...(track.frameRate ? { frame_rate: track.frameRate } : { vfr: true }),
    frame_width: track.width,
    frame_height: track.height,
    ...(track.bitDepth === undefined ? {} : { bit_depth: track.bitDepth }),
    // Which field comes first is not in the parameters, so nothing is claimed for what may be interlaced.
    ...(track.progressive ? { interlace_mode: 'progressive' } : {}),
    ...colourOf(track.colour),
    aspect_ratio: reduced(track.width * pixel.numerator, track.height * pixel.denominator),
    pixel_aspect_ratio: pixel,
    ...(track.chroma ? { horiz_chroma_subs: track.chroma.horizontal, vert_chroma_subs: track.chroma.vertical } : {}),
    ...avcParameters(track.codecString),
  };
}

function audioEssence(track: AudioDescription): Record<string, unknown> {
  const objectType = /^mp4a\.40\.(\d+)$/.exec(track.codecString)?.[1];
  const parameters = {
    ...(track.frameSize === undefined ? {} : { coded_frame_size: track.frameSize }),
    ...(objectType === undefined ? {} : { mp4_oti: Number(objectType) }),
  };
  return {
    sample_rate: track.sampleRate,
    channels: track.channels,
    ...(track.bitDepth === undefined ? {} : { bit_depth: track.bitDepth }),
    ...(Object.keys(parameters).length > 0 ? { codec_parameters: parameters } : {}),
    ...(track.codec.startsWith('pcm-') ? { unc_parameters: { unc_type: 'interleaved' } } : {}),
  };
}

/** The three bytes of `avc1.PPFFLL` (RFC 6381). */
function avcParameters(codecString: string): Record<string, unknown> {
  const bytes = /^avc[13]\.([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(codecString);
  if (!bytes) return {};
  const [profile, flags, level] = bytes.slice(1).map((byte) => Number.parseInt(byte, 16));
  return { avc_parameters: { profile, flags, level } };
}

const PRIMARIES: Record<string, string> = { bt709: 'BT709', bt470bg: 'BT601', smpte170m: 'BT601' };

/** The specification's words for colours, where it has one. */
function colourOf({ primaries = '', transfer, matrix }: Colour): Record<string, string> {
  const characteristic = transfer === undefined || transfer === 'linear' ? undefined : (WIDE[transfer] ?? 'SDR');
  const wide = characteristic === 'SDR' || characteristic === undefined ? 'BT2020' : 'BT2100';
  const space = primaries === 'bt2020' ? wide : PRIMARIES[primaries];
  return {
    ...(space ? { colorspace: space } : {}),
    ...(characteristic ? { transfer_characteristic: characteristic } : {}),
    ...(matrix ? { component_type: matrix === 'rgb' ? 'RGB' : 'YCbCr' } : {}),
  };
}

const WIDE: Record<string, string> = { pq: 'PQ', hlg: 'HLG' };
