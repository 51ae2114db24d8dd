import { Injectable } from '@nestjs/common';
import { initInstancesOf, type LocatedRow, locationOf, objectOf, type ObjectInstance } from '@tams/objects';
import {
  arrayPlacesOf,
  type Connection,
  Parameters,
  placesOf,
  prepared,
  valuesOf,
  withinPageBytes,
} from '@tams/platform';
import type { TimeRange } from '@tams/timing';
import type { Stretch } from './registration/batch-timeline';

/** A segment with what its object and initialisation object add; `end_ns` is its place in the Flow. */
export interface SegmentRow extends LocatedRow {
  readonly end_ns: string;
  readonly object_id: string;
  readonly timerange: string;
  readonly ts_offset: string | null;
  readonly last_duration: string | null;
  readonly sample_offset: string | null;
  readonly sample_count: string | null;
  readonly object_timerange: string | null;
  readonly key_frame_count: string | null;
  readonly init_object_id: string | null;
  readonly init_instances: ObjectInstance[] | null;
  /** Set on the last row when the page ended before its number of rows, for what its rows hold. */
  readonly more: boolean | null;
}

/** Which segments of a Flow are asked for. */
export interface SegmentSelection {
  readonly timerange: TimeRange | undefined;
  readonly objectId: string | undefined;
  readonly reverse: boolean;
  /** `end_ns` of the last segment of the page before. */
  readonly after: string | undefined;
  /** Most segments to return. */
  readonly count: number;
  /** Whether to read where the objects are. */
  readonly withInstances: boolean;
}

/** A segment to be written. */
export interface NewSegment extends Stretch {
  readonly objectId: string;
  readonly timerange: string;
  readonly tsOffset: string | undefined;
  readonly lastDuration: string | undefined;
  readonly sampleOffset: number | undefined;
  readonly sampleCount: number | undefined;
}

/** A stored segment that a new one would overlap. */
export interface Neighbour {
  /** Index of the new one. */
  readonly index: number;
  readonly objectId: string;
  readonly timerange: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** SQL of what the URLs of a row take. */
const INSTANCE_BYTES = `coalesce(octet_length(s.instances::text), 0) + coalesce(octet_length(s.init_instances::text), 0)`;
/**
 * Most rows whose bytes PostgreSQL does not count: counting makes the usual page of 30 a fifth dearer, and so few rows are
 * bounded by what one object may have.
 */
const MOST_UNCOUNTED = 31;

/** SQL of reading and registering segments. */
@Injectable()
export class SegmentRepository {
  /**
   * Segments in time order, in one statement, at a cost that depends on their number and not on the Flow's. Segments never
   * overlap, so those that overlap [q, r) are the ones that end after q, up to the first that ends at or after r, which
   * counts only when it starts before r. The objects are looked up one by one (LATERAL), whatever number PostgreSQL expects.
   */
  list(connection: Connection, flowId: string, selection: SegmentSelection): Promise<SegmentRow[]> {
    const parameters = new Parameters();
    const conditions = conditionsOf(flowId, selection, parameters);
    const direction = selection.reverse ? 'DESC' : 'ASC';
    const instances = selection.withInstances
      ? `${locationOf('o')}, ${initInstancesOf('o')} AS init_instances`
      : 'NULL::uuid AS sole_storage_id, NULL::json AS instances, NULL::json AS init_instances';
    const rows = `SELECT s.end_ns, s.object_id, s.timerange, s.ts_offset, s.last_duration, s.sample_offset, s.sample_count,
              o.timerange AS object_timerange, o.key_frame_count, o.init_object_id, ${instances}
         FROM (SELECT * FROM segments s WHERE ${conditions.join(' AND ')}
                ORDER BY s.end_ns ${direction} LIMIT ${parameters.add(selection.count, 'int8')}) s
         ${objectOf('s.object_id', 'o')}`;
    const orderBy = `s.end_ns ${direction}`;
    // Few texts: what may vary in them is which conditions there are, the direction, and whether the page is short.
    const text =
      selection.count <= MOST_UNCOUNTED
        ? `${rows} ORDER BY ${orderBy}`
        : withinPageBytes(rows, { alias: 's', bytes: INSTANCE_BYTES, orderBy });
    return connection.query<SegmentRow>(prepared(text), parameters.values);
  }

  /** For each stretch that overlaps a stored segment, the first such segment: one index probe a stretch. */
  async overlapping(connection: Connection, flowId: string, stretches: readonly Stretch[]): Promise<Neighbour[]> {
    const rows = await connection.query<{
      index: string;
      object_id: string;
      timerange: string;
      start_ns: string;
      end_ns: string;
    }>(
      prepared(`SELECT n.position - 1 AS index, s.object_id, s.timerange, s.start_ns, s.end_ns
         FROM unnest($2::int8[], $3::int8[]) WITH ORDINALITY AS n (start_ns, end_ns, position)
        CROSS JOIN LATERAL (SELECT * FROM segments s WHERE s.flow_id = $1 AND s.end_ns > n.start_ns
                             ORDER BY s.end_ns LIMIT 1) s
        WHERE s.start_ns < n.end_ns`),
      [flowId, stretches.map(({ start }) => String(start)), stretches.map(({ end }) => String(end))],
    );
    return rows.map((row) => ({
      index: Number(row.index),
      objectId: row.object_id,
      timerange: row.timerange,
      start: BigInt(row.start_ns),
      end: BigInt(row.end_ns),
    }));
  }

  /** Writes segments of a locked Flow and what the Flow's own row says of them. */
  async insert(connection: Connection, flowId: string, segments: readonly NewSegment[]): Promise<void> {
    const rows = segments.map(rowOf);
    const mediaNs = String(segments.reduce((sum, { start, end }) => sum + end - start, 0n));
    const statement = rows.length === 1 ? INSERT_ONE : INSERT_SEVERAL;
    await connection.query(statement, [flowId, ...valuesOf(ROW_TYPES, rows), mediaNs]);
  }
}

/** Types of the values of a segment's row, after its Flow. */
const ROW_TYPES = ['int8', 'int8', 'text', 'text', 'text', 'text', 'int8', 'int8'] as const;

function rowOf(segment: NewSegment): unknown[] {
  return [
    String(segment.start),
    String(segment.end),
    segment.objectId,
    segment.timerange,
    segment.tsOffset ?? null,
    segment.lastDuration ?? null,
    segment.sampleOffset ?? null,
    segment.sampleCount ?? null,
  ];
}

/** SQL of adding rows to `segments` and counting them on their Flow. @param rows SQL of the rows, from $2 to $9 */
const insertOf = (rows: string): string =>
  prepared(`WITH added AS (
       INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange, ts_offset, last_duration, sample_offset, sample_count)
       ${rows}
       RETURNING start_ns, end_ns)
     UPDATE flows f
        SET segment_count = f.segment_count + a.count, media_ns = f.media_ns + $10::numeric,
            segments_updated = statement_timestamp(), segments_added = statement_timestamp(),
            first_start_ns = least(f.first_start_ns, a.first_start_ns), last_end_ns = greatest(f.last_end_ns, a.last_end_ns)
       FROM (SELECT count(*) AS count, min(start_ns) AS first_start_ns, max(end_ns) AS last_end_ns FROM added) a
      WHERE f.id = $1`);

/** One row as VALUES: a distributed engine sends those straight to where they belong. */
const INSERT_ONE = insertOf(`VALUES ($1, ${placesOf(ROW_TYPES, 2)})`);
const INSERT_SEVERAL = insertOf(`SELECT $1, n.* FROM unnest(${arrayPlacesOf(ROW_TYPES, 2)}) n`);

function conditionsOf(flowId: string, selection: SegmentSelection, parameters: Parameters): string[] {
  const flow = parameters.add(flowId, 'uuid');
  const conditions = [`s.flow_id = ${flow}`];
  if (selection.objectId !== undefined) conditions.push(`s.object_id = ${parameters.add(selection.objectId)}`);
  if (selection.after !== undefined) {
    conditions.push(`s.end_ns ${selection.reverse ? '<' : '>'} ${parameters.add(selection.after, 'int8')}`);
  }
  if (selection.timerange) {
    const { start, end } = selection.timerange.clampToStorable();
    const [from, to] = [parameters.add(String(start), 'int8'), parameters.add(String(end), 'int8')];
    conditions.push(
      `s.end_ns > ${from}`,
      `s.start_ns < ${to}`,
      `s.end_ns <= coalesce((SELECT end_ns FROM segments WHERE flow_id = ${flow} AND end_ns >= ${to} ORDER BY end_ns LIMIT 1),
                            9223372036854775807)`,
    );
  }
  return conditions;
}
