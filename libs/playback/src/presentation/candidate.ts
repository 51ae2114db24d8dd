import type { Tags } from '@tams/model';
import { codecString, type EssenceParameters } from '../formats/codec';
import { playableContainer } from '../formats/container';
import type { PlaylistType } from '../playback.schema';

/** A Flow that may be part of what is played. */
export interface Candidate {
  readonly id: string;
  readonly sourceId: string;
  /** `video`, `audio`, `data`, `image` or `multi`. */
  readonly kind: string;
  readonly codec: string | undefined;
  readonly container: string | undefined;
  readonly essence: EssenceParameters;
  /** 1000 bits per second, as the client says. */
  readonly averageBitRate: number | undefined;
  readonly maximumBitRate: number | undefined;
  readonly generation: number | undefined;
  readonly status: string | undefined;
  readonly label: string | undefined;
  readonly sourceLabel: string | undefined;
  readonly tags: Tags;
  readonly sourceTags: Tags;
  readonly segmentCount: number;
  /** What its segments aim for, in seconds. */
  readonly segmentDuration: number | undefined;
  /** Seconds since its segments changed. */
  readonly idleSeconds: number | undefined;
  /** Seconds since a live playlist last told something new of it. */
  readonly untoldSeconds: number | undefined;
}

/** A row of `flows`, with what is needed of its Source. */
export interface CandidateRow {
  readonly id: string;
  readonly source_id: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly segment_count: string;
  readonly idle_seconds: number | null;
  readonly untold_seconds: number | null;
  readonly source_label: string | null;
  readonly source_tags: Tags | null;
}

/** Reads a row. */
export function candidateOf(row: CandidateRow): Candidate {
  const { document } = row;
  return {
    id: row.id,
    sourceId: row.source_id,
    kind: text(document['format'])?.split(':').at(-1) ?? '',
    codec: text(document['codec']),
    container: text(document['container']),
    essence: document['essence_parameters'] ?? {},
    averageBitRate: number(document['avg_bit_rate']),
    maximumBitRate: number(document['max_bit_rate']),
    generation: number(document['generation']),
    status: text(document['status']) ?? tagOf((document['tags'] ?? {}) as Tags, 'flow_status'),
    label: text(document['label']),
    sourceLabel: row.source_label ?? undefined,
    tags: (document['tags'] ?? {}) as Tags,
    sourceTags: row.source_tags ?? {},
    segmentCount: Number(row.segment_count),
    segmentDuration: secondsOf(document['segment_duration']),
    idleSeconds: row.idle_seconds ?? undefined,
    untoldSeconds: row.untold_seconds ?? undefined,
  };
}

function secondsOf(value: unknown): number | undefined {
  const { numerator, denominator = 1 } = (value ?? {}) as { numerator?: number; denominator?: number };
  return numerator === undefined ? undefined : numerator / denominator;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The first value of a tag. */
export function tagOf(tags: Tags, name: string): string | undefined {
  const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
  return value === undefined ? undefined : [value].flat()[0];
}

/** A Flow whose client says nothing of its status grows if it grew so recently, in seconds. */
const FRESH_SECONDS = 30;
/** A playlist that was live stays one so long after its last news, in seconds: players have seen its end by then. */
const AFTERGLOW_SECONDS = 600;

/** Whether a Flow grows: as its status says (also the tag of older clients), else by how fresh its last segment is. */
export function playlistTypeOf({ status, idleSeconds = Infinity, untoldSeconds = Infinity }: Candidate): PlaylistType {
  // Whoever has seen it live goes on seeing it so: its entries must not change their numbers.
  if (untoldSeconds < AFTERGLOW_SECONDS) return 'live';
  if (status === 'closed_complete') return 'vod';
  return status !== undefined || idleSeconds < FRESH_SECONDS ? 'live' : 'vod';
}

/** Why players of HLS cannot be given a Flow's own segments; `undefined` when they can. */
export function obstacleOf(candidate: Candidate): string | undefined {
  const { id, container, codec, kind, essence } = candidate;
  if (tagOf(candidate.tags, 'hls_exclude') === 'true') return `Flow ${id} has the tag hls_exclude`;
  if (tagOf(candidate.sourceTags, 'hls_exclude') === 'true') return `the Source of Flow ${id} has the tag hls_exclude`;
  if (container === undefined) return `Flow ${id} has no container`;
  const playable = playableContainer(container);
  if (!playable) return `Flow ${id} is in ${container}, which HLS does not know`;
  if (playable.needsInit && essence.init_segments !== true)
    return `Flow ${id} is in ${container} without initialisation objects (init_segments)`;
  if (kind !== 'multi' && codecString(codec, essence) === undefined)
    return `Flow ${id} is coded as ${codec ?? 'nothing known'}, which players of HLS do not know`;
  return undefined;
}

/** Flows of one Source in the order of AppNote 0023: lowest generation, then highest bit rate. */
export function byQuality(a: Candidate, b: Candidate): number {
  return (
    (a.generation ?? Infinity) - (b.generation ?? Infinity) || (b.averageBitRate ?? 0) - (a.averageBitRate ?? 0) || 0
  );
}
