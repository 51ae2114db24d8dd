import { randomUUID } from 'node:crypto';
import type { TamsClient } from '../client/tams-client';
import { boundsOf, Failure, type Flow } from '@tams/media';
import { selectTracks } from '../outgest/selection';
import { createEdit, type EditResult } from './edit';
import { writeComposition, type ClipToWrite, type Composition, type CompositionItem } from './open-timeline';
import { resolvePart, type Part } from './parts';

/** Makes Flows of a composition: one for each track, by reference, and a multi Flow where there are several. */
export async function importComposition(
  client: TamsClient,
  composition: Composition,
  options: { label?: string | undefined; warn: (text: string) => void },
): Promise<EditResult> {
  const label = options.label ?? composition.name;
  const made: { kind: string; result: EditResult; parts: string }[] = [];
  for (const { kind, items } of composition.tracks) {
    const parts: Part[] = [];
    for (const each of items) parts.push(await partOf(client, each, kind));
    const key = partsKey(parts);
    // Picture and sound of a muxed Flow are cut together: the second track says the same as the first.
    if (made.some((each) => each.parts === key)) continue;
    const name = composition.tracks.length > 1 ? `${label} (${kind})` : label;
    made.push({ kind, parts: key, result: await createEdit(client, parts, { label: name, warn: options.warn }) });
  }
  const [first, ...others] = made;
  if (!first) throw new Failure('The composition holds no clips');
  if (others.length === 0) return first.result;
  return collect(client, label, made);
}

async function collect(
  client: TamsClient,
  label: string,
  made: { kind: string; result: EditResult }[],
): Promise<EditResult> {
  const flow: Flow = {
    id: randomUUID(),
    source_id: randomUUID(),
    format: 'urn:x-nmos:format:multi',
    label,
    status: 'closed_complete',
    tags: { flow_status: 'closed_complete' },
    flow_collection: made.map(({ kind, result }) => ({ id: result.flow_id, role: kind })),
  };
  await client.putFlow(flow);
  const results = made.map(({ result }) => result);
  const longest = results.reduce((most, each) => (each.seconds > most.seconds ? each : most));
  return {
    flow_id: flow.id,
    source_id: flow.source_id,
    timerange: longest.timerange,
    seconds: longest.seconds,
    segments: results.reduce((sum, each) => sum + each.segments, 0),
    flows: results.flatMap((each) => each.flows),
  };
}

async function partOf(client: TamsClient, each: CompositionItem, kind: 'video' | 'audio'): Promise<Part> {
  if ('gap' in each) return each;
  const { reference, start, end } = each;
  const id = 'flowId' in reference ? reference.flowId : reference.sourceId;
  const { tracks } = await selectTracks(client, id);
  const found = tracks.find((track) => track.kind === kind) ?? tracks[0];
  if (!found) throw new Failure(`${id} has no ${kind}`);
  return { flowId: found.flow.id, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

function partsKey(parts: Part[]): string {
  return JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/**
 * Describes a Flow as a composition: stretches that lie one behind the other in the Flow whose objects they are become one clip
 * of that Flow, what has no media a gap.
 */
export async function exportComposition(client: TamsClient, flowId: string): Promise<string> {
  const { flow, tracks } = await resolvePart(client, { flowId });
  const written = [];
  for (const track of tracks) {
    const kind = track.format.endsWith('audio') ? ('audio' as const) : ('video' as const);
    written.push({ kind, items: await new ClipFinder(client, track).clips() });
  }
  return writeComposition(flow.label ?? flowId, client.url, written, flow.source_id);
}

class ClipFinder {
  private readonly origins = new Map<string, { flow: Flow; offset: bigint } | undefined>();

  constructor(
    private readonly client: TamsClient,
    private readonly flow: Flow,
  ) {}

  async clips(): Promise<({ gap: bigint } | ClipToWrite)[]> {
    const items: ({ gap: bigint } | ClipToWrite)[] = [];
    let [last, position]: [ClipToWrite | undefined, bigint | undefined] = [undefined, undefined];
    for await (const page of this.client.segmentPages(this.flow.id, { accept_get_urls: '', limit: '300' })) {
      for (const segment of page) {
        const bounds = boundsOf(segment.timerange);
        if (!bounds) continue;
        if (position !== undefined && bounds.start > position) {
          items.push({ gap: bounds.start - position });
          last = undefined;
        }
        position = bounds.end;
        const clip = await this.clipOf(segment.object_id, bounds, nanoseconds(segment.ts_offset));
        if (last && last.flowId === clip.flowId && last.end === clip.start) last.end = clip.end;
        else items.push((last = clip));
      }
    }
    return items;
  }

  /** The stretch on the timeline of the Flow that used the object first. */
  private async clipOf(objectId: string, bounds: { start: bigint; end: bigint }, offset: bigint): Promise<ClipToWrite> {
    const origin = await this.originOf(objectId);
    if (!origin) return { name: this.flow.label ?? this.flow.id, flowId: this.flow.id, ...bounds };
    const shift = origin.offset - offset;
    const { flow } = origin;
    return { name: flow.label ?? flow.id, flowId: flow.id, start: bounds.start + shift, end: bounds.end + shift };
  }

  private async originOf(objectId: string): Promise<{ flow: Flow; offset: bigint } | undefined> {
    if (!this.origins.has(objectId)) this.origins.set(objectId, await this.lookUp(objectId));
    return this.origins.get(objectId);
  }

  private async lookUp(objectId: string): Promise<{ flow: Flow; offset: bigint } | undefined> {
    const first = (await this.client.object(objectId))?.first_referenced_by_flow;
    if (first === undefined || first === this.flow.id) return undefined;
    const flow = await this.client.flow(first);
    if (!flow) return undefined;
    for await (const page of this.client.segmentPages(first, { object_id: objectId, accept_get_urls: '' })) {
      const [segment] = page;
      if (segment) return { flow, offset: nanoseconds(segment.ts_offset) };
    }
    return undefined;
  }
}

function nanoseconds(timestamp: string | undefined): bigint {
  return timestamp === undefined ? 0n : (boundsOf(`[${timestamp}]`)?.start ?? 0n);
}
