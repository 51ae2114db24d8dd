import type { Tags } from '@tams/model';
import { codecString, type EssenceParameters } from '../formats/codec';
import { playableContainer } from '../formats/container';

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
  readonly hasSegments: boolean;
  /** End of its last segment, in nanoseconds. */
  readonly lastEnd: bigint | undefined;
}

/** A row of `flows`, with what is needed of its Source. */
export interface CandidateRow {
  readonly id: string;
  readonly source_id: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly segment_count: string;
  readonly last_end_ns: string | null;
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
    status: text(document['status']),
    label: text(document['label']),
    sourceLabel: row.source_label ?? undefined,
    tags: (document['tags'] ?? {}) as Tags,
    sourceTags: row.source_tags ?? {},
    hasSegments: row.segment_count !== '0',
    lastEnd: row.last_end_ns === null ? undefined : BigInt(row.last_end_ns),
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The first value of a tag. */
export function tagOf(tags: Tags, name: string): string | undefined {
  const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
  return value === undefined ? undefined : [value].flat()[0];
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
