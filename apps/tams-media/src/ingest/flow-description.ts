import { randomUUID } from 'node:crypto';
import type { Flow } from '../client/tams-types';
import { Failure } from '../failure';
import { toSeconds } from '../media-time';
import type { AudioTrack, MediaAnalysis, VideoTrack } from '../transport-stream/analysis';
import { reduced } from '../transport-stream/sequence-parameter-set';
import { averageBitRate, maximumBitRate, segmentDuration } from './bit-rate';
import type { TimedMedia } from './timeline';

const CONTAINER = 'video/mp2t';

/** The Flows to create for one ingest. */
export interface FlowDescriptions {
  /** The Flow that the segments belong to: the multi Flow, or the only one. */
  main: Flow;
  /** The Flows it collects; they have no container and no segments of their own (AppNote 0006). */
  collected: Flow[];
}

/**
 * Describes the media as Flows with new random ids: video and audio together become a multi Flow that collects one Flow for
 * each (AppNote 0001); a single kind becomes one Flow with the container itself.
 * @throws Failure where the files differ in what a Flow says once for all of them
 */
export function describeFlows(segments: TimedMedia[], label: string, description: string): FlowDescriptions {
  const files = segments.map((segment) => segment.media);
  refuseChange(files);
  const video = files.find((file) => file.video)?.video;
  const audio = files.find((file) => file.audio)?.audio;
  const common = { label, description, container: CONTAINER, ...ratesOf(segments) };
  if (video && audio) {
    const tracks = [
      { role: 'video', pid: video.pid, flow: videoFlow(video) },
      { role: 'audio', pid: audio.pid, flow: audioFlow(audio) },
    ];
    const collected = tracks.map(({ role, flow }) => ({
      ...flow,
      label: `${label} (${role})`,
      avg_bit_rate: trackBitRate(segments, role === 'video' ? 'video' : 'audio'),
    }));
    const flow_collection = tracks.map(({ role, pid, flow }, index) => ({
      id: flow.id,
      role,
      container_mapping: { track_index: index, format_track_index: 0, mp2ts_container: { pid } },
    }));
    return { main: { ...newFlow('multi'), ...common, flow_collection }, collected };
  }
  if (video) return { main: { ...videoFlow(video), ...common }, collected: [] };
  if (audio) return { main: { ...audioFlow(audio), ...common }, collected: [] };
  throw new Failure('There is neither video nor audio to describe');
}

function newFlow(format: 'multi' | 'video' | 'audio'): Flow {
  return { id: randomUUID(), source_id: randomUUID(), format: `urn:x-nmos:format:${format}` };
}

function videoFlow(track: VideoTrack): Flow {
  const { parameters, timing } = track;
  const pixel = parameters.pixelAspectRatio ?? { numerator: 1, denominator: 1 };
  return {
    ...newFlow('video'),
    codec: 'video/h264',
    essence_parameters: {
      ...(timing.frameRate ? { frame_rate: timing.frameRate } : { vfr: true }),
      frame_width: parameters.width,
      frame_height: parameters.height,
      bit_depth: parameters.bitDepth,
      // Field order is not in the parameter set, so nothing is claimed for what may be interlaced.
      ...(parameters.framesOnly ? { interlace_mode: 'progressive' } : {}),
      ...colourOf(parameters.colour),
      aspect_ratio: reduced(parameters.width * pixel.numerator, parameters.height * pixel.denominator),
      pixel_aspect_ratio: pixel,
      ...chromaOf(parameters.chromaFormat),
      avc_parameters: { profile: parameters.profile, level: parameters.level, flags: parameters.flags },
    },
  };
}

function audioFlow(track: AudioTrack): Flow {
  const { parameters } = track;
  return {
    ...newFlow('audio'),
    codec: 'audio/aac',
    essence_parameters: {
      sample_rate: parameters.sampleRate,
      channels: parameters.channels || 2,
      codec_parameters: { coded_frame_size: 1024, mp4_oti: parameters.objectType },
    },
  };
}

/** The specification's words for the codes of ITU-T H.273, where it has one. */
function colourOf(colour: VideoTrack['parameters']['colour']): Record<string, string> {
  if (!colour) return {};
  const transfer = colour.transfer === 16 ? 'PQ' : colour.transfer === 18 ? 'HLG' : isStandardRange(colour.transfer);
  const wide = transfer === 'PQ' || transfer === 'HLG' ? 'BT2100' : 'BT2020';
  const space = { 1: 'BT709', 5: 'BT601', 6: 'BT601', 9: wide }[colour.primaries];
  return {
    ...(space ? { colorspace: space } : {}),
    ...(transfer ? { transfer_characteristic: transfer } : {}),
    component_type: colour.matrix === 0 ? 'RGB' : 'YCbCr',
  };
}

function isStandardRange(transfer: number): string | undefined {
  return [1, 4, 5, 6, 13, 14, 15].includes(transfer) ? 'SDR' : undefined;
}

function chromaOf(chromaFormat: number): Record<string, number> {
  const [horizontal, vertical] = { 1: [2, 2], 2: [2, 1], 3: [1, 1] }[chromaFormat] ?? [];
  return horizontal && vertical ? { horiz_chroma_subs: horizontal, vert_chroma_subs: vertical } : {};
}

function ratesOf(segments: TimedMedia[]): Pick<Flow, 'avg_bit_rate' | 'max_bit_rate' | 'segment_duration'> {
  const sized = segments.map((segment) => ({ bytes: segment.media.bytes, seconds: secondsOf(segment) }));
  const duration = segmentDuration(sized);
  return {
    avg_bit_rate: averageBitRate(sized),
    max_bit_rate: maximumBitRate(sized, duration.numerator / duration.denominator),
    segment_duration: duration,
  };
}

function trackBitRate(segments: TimedMedia[], kind: 'video' | 'audio'): number {
  return averageBitRate(
    segments.map((segment) => ({ bytes: segment.media[kind]?.bytes ?? 0, seconds: secondsOf(segment) })),
  );
}

function secondsOf(segment: TimedMedia): number {
  return toSeconds(segment.end - segment.start);
}

/** A Flow has one picture size, one sample rate and one place in the container for all its segments. */
function refuseChange(files: MediaAnalysis[]): void {
  for (const summary of [summaryOfVideo, summaryOfAudio]) {
    const [first, ...others] = files.filter((file) => summary(file) !== undefined);
    const changed = first && others.find((file) => summary(file) !== summary(first));
    if (!changed) continue;
    throw new Failure(
      `${changed.name} holds ${summary(changed) ?? ''}, but ${first.name} holds ${summary(first) ?? ''}`,
      {
        next: 'One Flow describes all its segments once. Ingest files that differ as Flows of their own.',
      },
    );
  }
}

function summaryOfVideo({ video }: MediaAnalysis): string | undefined {
  return video && `H.264 ${video.parameters.width}x${video.parameters.height} on PID ${video.pid}`;
}

function summaryOfAudio({ audio }: MediaAnalysis): string | undefined {
  return (
    audio && `AAC ${audio.parameters.sampleRate} Hz with ${audio.parameters.channels} channels on PID ${audio.pid}`
  );
}
