import type { TamsClient } from '../client/tams-client';
import {
  Failure,
  type Flow,
  formatTimeRange,
  formatTimestamp,
  type NewSegment,
  toSeconds,
  withStatus,
} from '@tams/media';
import { movedSegment } from './moved-segment';
import { newFlows, refuseUnlike } from './new-flows';
import { resolvePart, type Part, type ResolvedOrGap } from './parts';

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
        [...stretchOf(flowId, start, stretch.start), middle, { gap: rest }, ...stretchOf(flowId, stretch.end, end)],
        {
          start,
          ...options,
        },
      );
    }
  }
  const parts = [...stretchOf(flowId, start, stretch.start), middle, ...stretchOf(flowId, stretch.end, end)];
  return createEdit(client, parts, { start: start < stretch.start ? start : stretch.start, ...options });
}

function stretchOf(flowId: string, start: bigint, end: bigint): Part[] {
  return start < end ? [{ flowId, start, end }] : [];
}

async function resolveAll(client: TamsClient, parts: Part[]): Promise<ResolvedOrGap[]> {
  const resolved: ResolvedOrGap[] = [];
  for (const part of parts) resolved.push('gap' in part ? part : await resolvePart(client, part));
  return resolved;
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
