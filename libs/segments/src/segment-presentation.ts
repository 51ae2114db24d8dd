import type { SegmentRow } from './segment.repository';
import type { FlowSegment } from './segment.schema';

/** What clients read of a segment without asking where its objects are: its place, and what its object holds. */
export function placementOf(row: SegmentRow): Omit<FlowSegment, 'get_urls' | 'init_object' | 'object_timerange'> {
  return {
    object_id: row.object_id,
    timerange: row.timerange,
    ...(row.ts_offset !== null && { ts_offset: row.ts_offset }),
    ...(row.last_duration !== null && { last_duration: row.last_duration }),
    ...(row.sample_offset !== null && { sample_offset: Number(row.sample_offset) }),
    ...(row.sample_count !== null && { sample_count: Number(row.sample_count) }),
    ...(row.key_frame_count !== null && { key_frame_count: Number(row.key_frame_count) }),
  };
}
