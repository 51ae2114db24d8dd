import { Timestamp } from '@tams/timing';
import type { PlayableSegment } from '../playlist/playable-segment';

/** A stored segment with what its object holds, as SQL gives it; the columns are {@link SEGMENT_COLUMNS}. */
export interface SegmentRow {
  readonly start_ns: string;
  readonly end_ns: string;
  readonly ts_offset: string | null;
  readonly object_start_ns: string;
  readonly object_end_ns: string;
  readonly init_object_id: string | null;
}

/** What playlists need of a segment `s` and its object `o`. */
export const SEGMENT_COLUMNS =
  's.start_ns, s.end_ns, s.ts_offset, o.start_ns AS object_start_ns, o.end_ns AS object_end_ns, o.init_object_id';

/** Reads a row. */
export function playableSegmentOf(row: SegmentRow): PlayableSegment {
  return {
    start: BigInt(row.start_ns),
    end: BigInt(row.end_ns),
    offset: row.ts_offset === null ? 0n : Timestamp.parse(row.ts_offset).nanoseconds,
    objectStart: BigInt(row.object_start_ns),
    objectEnd: BigInt(row.object_end_ns),
    initObjectId: row.init_object_id,
  };
}
