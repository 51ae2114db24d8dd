import { randomUUID } from 'node:crypto';
import type { TamsClient } from '../client/tams-client';
import {
  boundsOf,
  Failure,
  type Flow,
  type FlowSegment,
  formatTimeRange,
  formatTimestamp,
  type NewSegment,
  toSeconds,
} from '@tams/media';
import { resolvePart, type Part, type ResolvedPart } from './parts';

/** What an edit made. */
export interface EditResult {
  flow_id: string;
  source_id: string;
  timerange: string;
  seconds: number;
  /** Segments of all tracks; each uses an object that was there. */
  segments: number;
  /** The Flows with segments. */
  flows: { id: string; format: string }[];
}

/** How an edit is named and where it begins. */
export interface EditOptions {
  label: string;
  /** Nanoseconds on the new timeline; default 0. */
  start?: bigint;
  warn: (text: string) => void;
}

const BATCH = 50;

/**
 * Makes a new Flow of parts of others by reference: its segments name objects that exist, no byte is copied (AppNote 0001). Where
 * parts are multi Flows that collect picture and sound, so is the new one.
 * @throws Failure where parts do not fit together in one Flow
 */
export async function createEdit(client: TamsClient, parts: Part[], options: EditOptions): Promise<EditResult> {
  const resolved = await resolveAll(client, parts);
  const model = resolved.find((part) => 'flow' in part);
  if (!model) throw new Failure('An edit needs at least one part of a Flow');
  refuseUnlike(resolved, model);
  const flows = newFlows(model, options.label, resolved);
  const all = [...flows.inside, ...flows.tracks, ...(flows.collection ? [flows.collection] : [])];
  for (const flow of all) await client.putFlow(withStatus(flow, 'ingesting'));
  const written = await writeParts(client, flows.tracks, resolved, options.start ?? 0n, options.warn);
  for (const flow of all) await client.putFlow(withStatus(flow, 'closed_complete'));
  const main = flows.collection ?? flows.tracks[0];
  if (!main) throw new Error('an edit without a Flow');
  return resultOf(main, flows.tracks, options.start ?? 0n, written);
}

/** Adds parts behind the end of an edited Flow. @throws Failure where they do not fit */
export async function appendToEdit(
  client: TamsClient,
  flowId: string,
  parts: Part[],
  warn: (text: string) => void,
): Promise<EditResult> {
  const target = await resolvePart(client, { flowId });
  const resolved = await resolveAll(client, parts);
  refuseUnlike(resolved, target);
  const written = await writeParts(client, target.tracks, resolved, target.end, warn);
  return resultOf(target.flow, target.tracks, target.end, written);
}

/** A new Flow like another, in which a stretch is empty or replaced; what a Flow says of its past never changes (AppNote 0001). */
export async function blankStretch(
  client: TamsClient,
  flowId: string,
  stretch: { start: bigint; end: bigint },
  replacement: Part | undefined,
  options: EditOptions,
): Promise<EditResult> {
  const { start, end } = await resolvePart(client, { flowId });
  if (stretch.end <= start || stretch.start >= end) throw new Failure(`Flow ${flowId} has nothing in that timerange`);
  const length = stretch.end - stretch.start;
  let middle: Part = { gap: length };
  if (replacement && 'flowId' in replacement) {
    const found = await resolvePart(client, replacement);
    const rest = length - (found.end - found.start);
    if (rest < 0n) {
      throw new Failure(`The replacement is longer than what it replaces, by ${formatTimestamp(-rest)}`, {
        next: 'Give a timerange of the same length.',
      });
    }
    middle = replacement;
    if (rest > 0n) {
      return createEdit(
        client,
        [...before(flowId, start, stretch.start), middle, { gap: rest }, ...after(flowId, stretch.end, end)],
        {
          start,
          ...options,
        },
      );
    }
  }
  const parts = [...before(flowId, start, stretch.start), middle, ...after(flowId, stretch.end, end)];
  return createEdit(client, parts, { start: start < stretch.start ? start : stretch.start, ...options });
}

function before(flowId: string, start: bigint, end: bigint): Part[] {
  return start < end ? [{ flowId, start, end }] : [];
}

function after(flowId: string, start: bigint, end: bigint): Part[] {
  return start < end ? [{ flowId, start, end }] : [];
}

type ResolvedOrGap = ResolvedPart | { gap: bigint };

async function resolveAll(client: TamsClient, parts: Part[]): Promise<ResolvedOrGap[]> {
  const resolved: ResolvedOrGap[] = [];
  for (const part of parts) resolved.push('gap' in part ? part : await resolvePart(client, part));
  return resolved;
}

/** One Flow has one coding, container and size. */
function refuseUnlike(parts: ResolvedOrGap[], model: ResolvedPart): void {
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

interface NewFlows {
  /** Flows inside the segments of a multi Flow. */
  inside: Flow[];
  tracks: Flow[];
  collection?: Flow;
}

function newFlows(model: ResolvedPart, label: string, parts: ResolvedOrGap[]): NewFlows {
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

function withStatus(flow: Flow, status: NonNullable<Flow['status']>): Flow {
  return { ...flow, status, tags: { ...flow.tags, flow_status: status } };
}

interface Written {
  segments: number;
  end: bigint;
}

async function writeParts(
  client: TamsClient,
  tracks: Flow[],
  parts: ResolvedOrGap[],
  start: bigint,
  warn: (text: string) => void,
): Promise<Written> {
  let [position, count] = [start, 0];
  for (const part of parts) {
    if ('gap' in part) {
      position += part.gap;
      continue;
    }
    for (const [index, track] of tracks.entries()) {
      const from = part.tracks[index];
      if (from) count += await writePart(client, track, from, { ...part, position }, warn);
    }
    position += part.end - part.start;
  }
  return { segments: count, end: position };
}

async function writePart(
  client: TamsClient,
  target: Flow,
  from: Flow,
  part: { start: bigint; end: bigint; position: bigint },
  warn: (text: string) => void,
): Promise<number> {
  const timerange = formatTimeRange(part.start, part.end);
  let [batch, count]: [NewSegment[], number] = [[], 0];
  const flush = async (): Promise<void> => {
    const failed = batch.length > 0 ? await client.register(target.id, batch) : [];
    if (failed[0])
      throw new Failure(`The server did not register ${failed[0].timerange ?? ''}: ${failed[0].error?.summary ?? ''}`);
    count += batch.length;
    batch = [];
  };
  const query = { timerange, accept_get_urls: '', include_object_timerange: 'true', limit: '300' };
  for await (const page of client.segmentPages(from.id, query)) {
    for (const segment of page) {
      batch.push(movedSegment(segment, from, part));
      if (batch.length >= BATCH) await flush();
    }
  }
  await flush();
  if (count === 0) warn(`Flow ${from.id} has no segments in ${timerange}: a gap stays`);
  return count;
}

/** A segment cut to the part and moved to its new place: what is added to the object's times changes by as much. */
export function movedSegment(
  segment: FlowSegment,
  flow: Flow,
  part: { start: bigint; end: bigint; position: bigint },
): NewSegment {
  const bounds = boundsOf(segment.timerange);
  if (!bounds) throw new Failure(`Segment ${segment.timerange} has no bounds`);
  const start = bounds.start > part.start ? bounds.start : part.start;
  const end = bounds.end < part.end ? bounds.end : part.end;
  const shift = part.position - part.start;
  const offset = boundsOf(`[${segment.ts_offset ?? '0:0'}]`)?.start ?? 0n;
  const whole = boundsOf(segment.object_timerange ?? '');
  const isCut = start > bounds.start || end < bounds.end || segment.sample_offset !== undefined;
  return {
    object_id: segment.object_id,
    timerange: formatTimeRange(start + shift, end + shift),
    ...(offset + shift === 0n ? {} : { ts_offset: formatTimestamp(offset + shift) }),
    ...(end === bounds.end && segment.last_duration !== undefined ? { last_duration: segment.last_duration } : {}),
    ...(isCut ? samplesOf(flow, (whole?.start ?? bounds.start - offset) + offset, start, end) : {}),
  };
}

/** Which samples of the object are used: frames of a picture, samples of sound; older clients read them. */
function samplesOf(flow: Flow, objectStart: bigint, start: bigint, end: bigint): Partial<NewSegment> {
  const essence = flow.essence_parameters ?? {};
  const frameRate = essence['frame_rate'] as { numerator: number; denominator?: number } | undefined;
  const sampleRate = essence['sample_rate'] as number | undefined;
  const rate = frameRate ? [frameRate.numerator, frameRate.denominator ?? 1] : sampleRate ? [sampleRate, 1] : undefined;
  if (!rate) return {};
  const [numerator = 1, denominator = 1] = rate;
  const samples = (duration: bigint): number =>
    Number(
      (duration * BigInt(numerator) + 500_000_000n * BigInt(denominator)) / (1_000_000_000n * BigInt(denominator)),
    );
  return { sample_offset: samples(start - objectStart), sample_count: samples(end - start) };
}

function resultOf(main: Flow, tracks: Flow[], start: bigint, { segments, end }: Written): EditResult {
  return {
    flow_id: main.id,
    source_id: main.source_id,
    timerange: formatTimeRange(start, end),
    seconds: toSeconds(end - start),
    segments,
    flows: tracks.map(({ id, format }) => ({ id, format })),
  };
}
