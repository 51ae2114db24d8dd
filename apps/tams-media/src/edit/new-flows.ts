import { randomUUID } from 'node:crypto';
import { Failure, type Flow, formatTimeRange } from '@tams/media';
import type { ResolvedOrGap, ResolvedPart } from './parts';

/** One Flow has one coding, container and size. @throws Failure where parts differ */
export function refuseUnlike(parts: ResolvedOrGap[], model: ResolvedPart): void {
  for (const part of parts) {
    if ('gap' in part) continue;
    const [wanted, found] = [model.tracks.map(kindOfTrack), part.tracks.map(kindOfTrack)];
    if (wanted.join('; ') === found.join('; ')) continue;
    throw new Failure(
      `Flow ${part.flow.id} is ${found.join(' and ')}, but Flow ${model.flow.id} is ${wanted.join(' and ')}`,
      {
        next: 'One Flow has one coding. Bring the media to the same coding first, or choose Flows that have it.',
      },
    );
  }
}

function kindOfTrack({ codec, container, format, essence_parameters: essence = {} }: Flow): string {
  const { frame_width, frame_height, sample_rate, init_segments } = essence as {
    frame_width?: number;
    frame_height?: number;
    sample_rate?: number;
    init_segments?: boolean;
  };
  return [
    codec ?? format,
    ...(frame_width && frame_height ? [`${frame_width}x${frame_height}`] : []),
    ...(sample_rate ? [`${sample_rate} Hz`] : []),
    `in ${container ?? 'no container'}`,
    ...(init_segments ? ['with initialisation objects'] : []),
  ].join(' ');
}

/** The Flows an edit makes. */
export interface NewFlows {
  /** Flows inside the segments of a multi Flow. */
  inside: Flow[];
  tracks: Flow[];
  collection?: Flow;
}

/** Flows like those of the model, under ids of their own; one part's origin is told in tags. */
export function newFlows(model: ResolvedPart, label: string, parts: ResolvedOrGap[]): NewFlows {
  const [only, ...others] = parts.filter((part) => 'flow' in part);
  const origin =
    only && others.length === 0
      ? { originating_id: only.flow.id, originating_timerange: formatTimeRange(only.start, only.end) }
      : {};
  const copies = model.tracks.map((track) => ({ from: track.id, flow: copyOf(track, label, origin) }));
  const tracks = copies.map(({ flow }) => flow);
  if (model.tracks[0]?.id === model.flow.id) return { inside: [], tracks };
  const collection: Flow = {
    id: randomUUID(),
    source_id: randomUUID(),
    format: 'urn:x-nmos:format:multi',
    label,
    tags: origin,
    flow_collection: (model.flow.flow_collection ?? []).flatMap((item) => {
      const copy = copies.find(({ from }) => from === item.id);
      return copy ? [{ ...item, id: copy.flow.id }] : [];
    }),
  };
  return { inside: [], tracks, collection };
}

/** Technical metadata of the model, under ids of its own. A muxed Flow keeps the description of what is inside it. */
function copyOf(flow: Flow, label: string, origin: Record<string, string>): Flow {
  const language = flow.tags?.['language_code'];
  return {
    id: randomUUID(),
    source_id: randomUUID(),
    format: flow.format,
    label,
    ...(flow.codec === undefined ? {} : { codec: flow.codec }),
    ...(flow.container === undefined ? {} : { container: flow.container }),
    ...(flow.segment_duration ? { segment_duration: flow.segment_duration } : {}),
    ...(flow.essence_parameters ? { essence_parameters: flow.essence_parameters } : {}),
    ...(flow.flow_collection ? { flow_collection: flow.flow_collection } : {}),
    tags: { ...origin, ...(language === undefined ? {} : { language_code: language }) },
  };
}
