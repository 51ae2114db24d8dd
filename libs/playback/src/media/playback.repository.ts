import { Injectable } from '@nestjs/common';
import { type Connection, prepared } from '@tams/platform';
import {
  initialises,
  initInstancesOf,
  instancesIn,
  instancesOf,
  type LocatedRow,
  locationOf,
  type ObjectInstance,
  objectOf,
} from '@tams/objects';
import type { PlayableSegment } from '../playlist/playable-segment';
import { playableSegmentOf, SEGMENT_COLUMNS, type SegmentRow } from './segment-row';

/** A media object, and where it is. */
export interface LocatedObject {
  readonly object_id: string;
  readonly instances: readonly ObjectInstance[] | null;
}

/** Where the objects of a segment are. */
export interface SegmentLocation extends LocatedObject {
  /** Names the segment within its Flow; nanoseconds. */
  readonly end_ns: string;
  readonly init_object_id: string | null;
  readonly init_instances: ObjectInstance[] | null;
}

/** Segments that overlap [$2, $3), as `segments` pages them, with what their objects hold. */
const SEGMENTS = prepared(`
  SELECT ${SEGMENT_COLUMNS}
    FROM (SELECT flow_id, end_ns, start_ns, object_id, ts_offset FROM segments
           WHERE flow_id = $1 AND end_ns > $2::int8 AND start_ns < $3::int8
             AND end_ns <= coalesce((SELECT end_ns FROM segments WHERE flow_id = $1 AND end_ns >= $3::int8 ORDER BY end_ns LIMIT 1),
                                    9223372036854775807)
           ORDER BY end_ns LIMIT $4::int8) s
   ${objectOf('s.object_id', 'o')}
   ORDER BY s.end_ns`);

/** Where the objects of the same segments are. */
const LOCATIONS = prepared(`
  SELECT s.end_ns, s.object_id, ${locationOf('o')}, o.init_object_id, ${initInstancesOf('o')} AS init_instances
    FROM (SELECT end_ns, object_id FROM segments
           WHERE flow_id = $1 AND end_ns >= $2::int8 AND end_ns <= $3::int8 ORDER BY end_ns) s
   ${objectOf('s.object_id', 'o')}`);

const SEGMENT_OBJECT = prepared(`
  SELECT s.object_id, ${instancesOf('s.object_id')} AS instances FROM segments s WHERE s.flow_id = $1 AND s.end_ns = $2::int8`);

/** An initialisation object, if media of the Flow needs it. */
const INIT_OBJECT = prepared(`
  SELECT o.id AS object_id, ${instancesOf('o.id')} AS instances FROM (SELECT $2::text AS id) wanted
   ${objectOf('wanted.id', 'o')}
   WHERE o.role = 'init' AND ${initialises('o', '$1')}`);

/** SQL of what media playlists list. */
@Injectable()
export class PlaybackRepository {
  /**
   * Segments in time order, at a cost that depends on their number alone.
   * @param range nanoseconds, half-open
   * @param count most segments
   */
  async segments(
    connection: Connection,
    flowId: string,
    range: { readonly start: bigint; readonly end: bigint },
    count: number,
  ): Promise<PlayableSegment[]> {
    const rows = await connection.query<SegmentRow>(SEGMENTS, [flowId, String(range.start), String(range.end), count]);
    return rows.map(playableSegmentOf);
  }

  /** Where the objects of segments are, from the one that ends at `first` to the one that ends at `last`, in nanoseconds. */
  async locations(connection: Connection, flowId: string, first: bigint, last: bigint): Promise<SegmentLocation[]> {
    const rows = await connection.query<SegmentLocation & LocatedRow>(LOCATIONS, [flowId, String(first), String(last)]);
    return rows.map((row) => ({ ...row, instances: instancesIn(row) }));
  }

  /** The object of the segment that ends there. @param end nanoseconds */
  async segmentObject(connection: Connection, flowId: string, end: bigint): Promise<LocatedObject | undefined> {
    const rows = await connection.query<LocatedObject>(SEGMENT_OBJECT, [flowId, String(end)]);
    return rows[0];
  }

  /** An initialisation object that media of the Flow needs. */
  async initObject(connection: Connection, flowId: string, objectId: string): Promise<LocatedObject | undefined> {
    const rows = await connection.query<LocatedObject>(INIT_OBJECT, [flowId, objectId]);
    return rows[0];
  }
}
