import { TimeRange, TimingError } from '@tams/timing';
import type { TamsClient } from '../client/tams-client';
import { boundsOf, Failure, type Flow, least } from '@tams/media';

/** A stretch of a Flow that an edit uses, or a gap. Nanoseconds, half-open; open ends are those of the Flow. */
export type Part =
  { readonly flowId: string; readonly start?: bigint; readonly end?: bigint } | { readonly gap: bigint };

/** A part with its Flows at hand: those with segments, in the order of their tracks. */
export interface ResolvedPart {
  flow: Flow;
  /** Flows whose segments hold the part: the Flow itself, or those it collects. */
  tracks: Flow[];
  start: bigint;
  end: bigint;
}

/** A part of a Flow, or time in which there is nothing, in nanoseconds. */
export type ResolvedOrGap = ResolvedPart | { gap: bigint };

/** Reads `<flow id>@<timerange>` or `<flow id>` alone. @throws Failure where it is neither */
export function readPart(text: string): Part {
  const [, flowId = '', timerange] = /^([^@\s]+)(?:@(.+))?$/.exec(text) ?? [];
  if (flowId === '') throw new Failure(`${text} names no Flow`, { next: EXAMPLE });
  if (timerange === undefined) return { flowId };
  return { flowId, ...readBounds(timerange) };
}

const EXAMPLE = "A part looks like <flow id>@'[10:0_20:0)', or <flow id> for all of it.";

/** Half-open bounds of a timerange. @throws Failure where it is none, or empty */
export function readBounds(timerange: string): { start?: bigint; end?: bigint } {
  try {
    const range = TimeRange.parse(timerange);
    if (range.isEmpty()) throw new Failure(`${timerange} is empty`, { next: EXAMPLE });
    const { start, end } = range.toHalfOpen();
    return { ...(start === null ? {} : { start }), ...(end === null ? {} : { end }) };
  } catch (error) {
    if (!(error instanceof TimingError)) throw error;
    throw new Failure(`${timerange} is not a timerange: ${error.message}`, { next: EXAMPLE, cause: error });
  }
}

/** Finds the Flows of a part and its exact bounds. @throws Failure where there is no media */
export async function resolvePart(client: TamsClient, part: Extract<Part, { flowId: string }>): Promise<ResolvedPart> {
  const flow = await client.flow(part.flowId);
  if (!flow) {
    throw new Failure(`${client.url} has no Flow ${part.flowId}`, {
      next: `List the Flows there are: curl '${client.url}/flows'`,
    });
  }
  const tracks = await tracksOf(client, flow);
  const bounds = tracks.map((track) => boundsOf(track.timerange ?? '')).filter((each) => each !== undefined);
  const start = part.start ?? least(bounds.map((each) => each.start));
  const end = part.end ?? -least(bounds.map((each) => -each.end));
  if (bounds.length === 0 || end <= start) throw new Failure(`Flow ${part.flowId} has no media in that timerange`);
  return { flow, tracks, start, end };
}

async function tracksOf(client: TamsClient, flow: Flow): Promise<Flow[]> {
  if (flow.container !== undefined) return [flow];
  const collected = await Promise.all((flow.flow_collection ?? []).map(({ id }) => client.flow(id)));
  const tracks = collected.filter((each) => each?.container !== undefined) as Flow[];
  if (tracks.length > 0) return tracks;
  throw new Failure(`Flow ${flow.id} has no segments, and collects no Flow that has`, {
    next: flow.collected_by?.[0]
      ? `Its media is in the Flow ${flow.collected_by[0]}.`
      : 'Choose a Flow with a container.',
  });
}
