import { formatNanoseconds, Timestamp } from '@tams/timing';
import { stretchOf } from '../timeline/lanes';
import type { Stretch } from '../timeline/window';

/** Metadata of a Flow as JSON. */
export type FlowDocument = Readonly<Record<string, unknown>> & { readonly id: string; readonly source_id: string };

/** A Segment as far as a cut needs it. */
export interface CutSegment {
  readonly object_id: string;
  readonly timerange: string;
  readonly ts_offset?: string | undefined;
  readonly last_duration?: string | undefined;
}

/** What the server decides, or what belongs to the original alone. */
const notCopied = new Set([
  ...['created', 'metadata_updated', 'segments_updated', 'timerange', 'collected_by', 'metadata_version'],
  ...['created_by', 'updated_by', 'status', 'read_only', 'flow_collection', 'label', 'description'],
  // The bit rates are those of the whole.
  ...['avg_bit_rate', 'max_bit_rate'],
]);

/** Metadata of a Flow like another one. Technical metadata that a Profile gives comes by its id alone. */
export function flowLike(
  original: FlowDocument,
  own: { readonly id: string; readonly source_id: string; readonly label: string; readonly description: string },
): FlowDocument {
  const fromProfile = typeof original['profile_id'] === 'string' && original['profile_id'] !== '';
  const technical = ['format', 'codec', 'container', 'segment_duration', 'container_mapping', 'essence_parameters'];
  const kept = Object.entries(original).filter(
    ([name]) => !notCopied.has(name) && !(fromProfile && technical.includes(name)),
  );
  return { ...Object.fromEntries(kept), ...own, status: 'closed_complete' };
}

/**
 * Segments of a new Flow whose timeline begins with the cut: the same objects, of which the first and last are used in part
 * where the cut does not fall between Segments.
 */
export function segmentsOfCut(segments: readonly CutSegment[], cut: Stretch): CutSegment[] {
  return segments.flatMap((segment) => {
    const whole = stretchOf(segment.timerange);
    if (!whole || whole.end <= cut.start || whole.start >= cut.end) return [];
    const start = whole.start > cut.start ? whole.start : cut.start;
    const end = whole.end < cut.end ? whole.end : cut.end;
    const offset = Timestamp.parse(segment.ts_offset ?? '0:0').nanoseconds - cut.start;
    return [
      {
        object_id: segment.object_id,
        timerange: `[${formatNanoseconds(start - cut.start)}_${formatNanoseconds(end - cut.start)})`,
        ...(offset !== 0n && { ts_offset: formatNanoseconds(offset) }),
        ...(end === whole.end && segment.last_duration !== undefined && { last_duration: segment.last_duration }),
      },
    ];
  });
}
