import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { withinClasses } from '@tams/auth';
import { replaceTags, tagConditions, type Tags } from '@tams/model';
import {
  alphabetical,
  type Connection,
  keysetClauses,
  newestFirst,
  type Ordering,
  Parameters,
  prepared,
  withinPageBytes,
} from '@tams/platform';
import { TimeRange } from '@tams/timing';
import type { FlowCollectionItem } from './collections/flow-collection.schema';
import type { FlowDocument, FlowListQuery, flowSortKeys } from './flow.schema';

/** A row of `flows` with its collections. */
export interface FlowRow {
  readonly id: string;
  readonly source_id: string;
  readonly document: FlowDocument;
  readonly label: string | null;
  readonly metadata_version: string;
  readonly created_by: string | null;
  readonly updated_by: string | null;
  readonly created: string;
  readonly metadata_updated: string;
  readonly segments_updated: string | null;
  readonly flow_collection: FlowCollectionItem[] | null;
  readonly collected_by: string[] | null;
}

/** The own row of a Flow, held by its writer until the transaction ends. */
export interface LockedFlow {
  readonly id: string;
  readonly source_id: string;
  readonly document: FlowDocument;
  readonly metadata_version: string;
  readonly created_by: string | null;
  readonly container: string | null;
  readonly read_only: boolean;
  /** Whether Segments of this Flow need an initialisation object. */
  readonly init_segments: boolean;
  /** Whether any Segment is registered. */
  readonly has_segments: boolean;
  /** The request that deletes the whole Flow, once one was accepted. */
  readonly deletion_request: string | null;
  /** How many requests to delete segments of this Flow are not finished. */
  readonly deletions_pending: number;
}

/** What is written of a Flow; the rest the database keeps itself. */
export interface FlowWrite {
  readonly id: string;
  readonly source_id: string;
  readonly document: FlowDocument;
  readonly metadata_version: string;
  readonly created_by: string | null;
  readonly updated_by: string | null;
}

const orderings: Record<(typeof flowSortKeys)[number], Ordering<FlowRow>> = {
  created: newestFirst('created', 'f'),
  metadata_updated: newestFirst('metadata_updated', 'f'),
  label: alphabetical('f'),
};

/** @param readable place of the classes whose Flows collections may show; absent for all */
const columns = (readable?: string) => `
  f.id, f.source_id, f.document, f.label, f.metadata_version, f.created_by, f.updated_by, f.created, f.metadata_updated,
  f.segments_updated,
  (SELECT json_agg(i.item ORDER BY i.position) FROM flow_collection_items i WHERE i.collection_id = f.id${readable ? ` AND ${withinClasses('flow', 'i.flow_id', readable)}` : ''}) AS flow_collection,
  (SELECT array_agg(DISTINCT i.collection_id) FROM flow_collection_items i WHERE i.flow_id = f.id${readable ? ` AND ${withinClasses('flow', 'i.collection_id', readable)}` : ''}) AS collected_by`;

const FIND = prepared(`SELECT ${columns()} FROM flows f WHERE f.id = $1`);
const FIND_READABLE = prepared(`SELECT ${columns('$2')} FROM flows f WHERE f.id = $1`);

const TAGS = prepared(`SELECT document -> 'tags' AS tags FROM flows WHERE id = $1`);

const TAGS_SINCE = prepared(
  `SELECT document -> 'tags' AS tags FROM flows WHERE id = $1 AND created <= $2::timestamptz`,
);

const LOCK = prepared(`
  SELECT id, source_id, document, metadata_version, created_by, container, read_only, init_segments, segment_count > 0 AS has_segments,
         deletion_request, deletions_pending
    FROM flows WHERE id = $1 FOR NO KEY UPDATE`);

/** What one identifier takes in an answer. */
const UUID_BYTES = 39;

/** SQL of Flows. */
@Injectable()
export class FlowRepository {
  /** @param readable classes of the Flows its collections may show; absent for all */
  async find(connection: Connection, flowId: string, readable?: readonly string[]): Promise<FlowRow | undefined> {
    const rows = readable
      ? await connection.query<FlowRow>(FIND_READABLE, [flowId, readable])
      : await connection.query<FlowRow>(FIND, [flowId]);
    return rows[0];
  }

  /**
   * The tags of a Flow; `undefined` when there is no such Flow.
   * @param since a moment: a Flow made after it has the id of one that is gone, and does not count
   */
  async tags(connection: Connection, flowId: string, since?: string): Promise<Tags | undefined> {
    const rows =
      since === undefined
        ? await connection.query<{ tags: Tags | null }>(TAGS, [flowId])
        : await connection.query<{ tags: Tags | null }>(TAGS_SINCE, [flowId, since]);
    return rows[0] && (rows[0].tags ?? {});
  }

  /**
   * Takes the lock every writer of a Flow takes first, whether it changes metadata or Segments: there is one at a time,
   * and what it reads stays true until its transaction ends.
   */
  async lock(connection: Connection, flowId: string): Promise<LockedFlow | undefined> {
    const rows = await connection.query<LockedFlow>(LOCK, [flowId]);
    return rows[0];
  }

  /** Adds a Flow unless it is there already. @returns whether it was added */
  async insert(connection: Connection, flow: FlowWrite): Promise<boolean> {
    const rows = await connection.query(
      `INSERT INTO flows (id, source_id, document, metadata_version, created_by, updated_by)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id`,
      writeValues(flow),
    );
    if (rows.length > 0) await replaceTags(connection, 'flow_tags', 'flow_id', flow.id, flow.document.tags);
    return rows.length > 0;
  }

  /** Replaces the metadata of a locked Flow. */
  async update(connection: Connection, flow: FlowWrite): Promise<void> {
    await connection.query(
      `UPDATE flows SET source_id = $2, document = $3, metadata_version = $4, created_by = $5, updated_by = $6,
                        metadata_updated = statement_timestamp()
        WHERE id = $1`,
      writeValues(flow),
    );
    await replaceTags(connection, 'flow_tags', 'flow_id', flow.id, flow.document.tags);
  }

  /** Remembers on a locked Flow that a request deletes it whole. */
  async beginDeletion(connection: Connection, flowId: string, requestId: string): Promise<void> {
    await connection.query('UPDATE flows SET deletion_request = $2 WHERE id = $1', [flowId, requestId]);
  }

  /** Forgets on a locked Flow that it was to be deleted whole: it can be written again. */
  async endDeletion(connection: Connection, flowId: string): Promise<void> {
    await connection.query('UPDATE flows SET deletion_request = NULL WHERE id = $1', [flowId]);
  }

  /** Counts, on a locked Flow, unfinished requests that delete some of its segments. @param change 1 or -1 */
  async countPendingDeletion(connection: Connection, flowId: string, change: 1 | -1): Promise<void> {
    await connection.query('UPDATE flows SET deletions_pending = deletions_pending + $2::int WHERE id = $1', [
      flowId,
      change,
    ]);
  }

  /** Deletes a locked Flow without segments, with its tags; collections that lose it get a new version of their metadata. */
  async remove(connection: Connection, flowId: string): Promise<void> {
    await connection.query(
      `UPDATE flows SET metadata_version = $2, metadata_updated = statement_timestamp()
        WHERE id IN (SELECT collection_id FROM flow_collection_items WHERE flow_id = $1 AND collection_id <> $1)`,
      [flowId, randomUUID()],
    );
    await connection.query('DELETE FROM flows WHERE id = $1', [flowId]);
  }

  /**
   * The rows of one page, and one more when there is a next page.
   * @param readable classes of the Flows that collections may show; absent for all
   */
  async list(connection: Connection, query: FlowListQuery, readable?: readonly string[]): Promise<FlowRow[]> {
    const parameters = new Parameters();
    const classes = readable && parameters.add(readable);
    const conditions = conditionsOf(query, parameters, classes);
    const page = keysetClauses(orderings[query.sort_by], query, parameters);
    if (page.condition) conditions.push(page.condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<FlowRow>(
      withinPageBytes(
        `SELECT ${columns(classes)}, f.document_bytes
           FROM (SELECT * FROM flows f ${where} ORDER BY ${page.orderBy} LIMIT ${page.limit}) f`,
        {
          alias: 'f',
          // What it collects is JSON already, whose length costs nothing.
          bytes: `f.document_bytes + coalesce(octet_length(f.flow_collection::text), 0) + ${UUID_BYTES} * coalesce(cardinality(f.collected_by), 0)`,
          orderBy: page.orderBy,
        },
      ),
      parameters.values,
    );
  }

  /** The order a listing was asked for. */
  ordering(query: FlowListQuery): Ordering<FlowRow> {
    return orderings[query.sort_by];
  }

  /**
   * The timerange from the first to the last Segment of a Flow that overlaps `within`, with their own clusivity; empty
   * when there is none. Two index probes, however long the Flow.
   */
  async timerange(connection: Connection, flowId: string, within: TimeRange): Promise<TimeRange> {
    const { start, end } = within.clampToStorable();
    const ends = await connection.query<{ timerange: string }>(
      `(SELECT timerange, start_ns FROM segments
         WHERE flow_id = $1 AND end_ns > $2::int8 ORDER BY end_ns LIMIT 1)
       UNION ALL
       (SELECT timerange, start_ns FROM (
          SELECT timerange, start_ns FROM segments
           WHERE flow_id = $1
             AND end_ns <= coalesce((SELECT end_ns FROM segments WHERE flow_id = $1 AND end_ns >= $3::int8 ORDER BY end_ns LIMIT 1),
                                    9223372036854775807)
             AND start_ns < $3::int8
           ORDER BY end_ns DESC LIMIT 1) last)`,
      [flowId, start.toString(), end.toString()],
    );
    // In whole nanoseconds, as segments are listed: `[0:0_1:0)` and `(0:999999999_1:0]` have none in common.
    const overlaps = (range: TimeRange): boolean => {
      const segment = range.clampToStorable();
      return segment.start < end && segment.end > start;
    };
    const ranges = ends.map((segment) => TimeRange.parse(segment.timerange)).filter(overlaps);
    return ranges.reduce((hull, range) => hull.extendToCover(range), TimeRange.NEVER);
  }
}

function writeValues(flow: FlowWrite): unknown[] {
  return [
    flow.id,
    flow.source_id,
    JSON.stringify(flow.document),
    flow.metadata_version,
    flow.created_by,
    flow.updated_by,
  ];
}

function conditionsOf(query: FlowListQuery, parameters: Parameters, classes: string | undefined): string[] {
  const conditions = tagConditions(query.tags, 'flow_tags', 'flow_id', 'f.id', parameters);
  const equals = (column: string, value: unknown, cast?: 'uuid' | 'int8'): void => {
    if (value !== undefined) conditions.push(`f.${column} = ${parameters.add(value, cast)}`);
  };
  equals('source_id', query.source_id, 'uuid');
  equals('format', query.format);
  equals('codec', query.codec);
  equals('profile_id', query.profile_id);
  equals('label', query.label);
  equals('status', query.status);
  equals('frame_width', query.frame_width, 'int8');
  equals('frame_height', query.frame_height, 'int8');
  // Still images have a width and a height too; these filters are about video (GET /flows).
  if (query.frame_width !== undefined || query.frame_height !== undefined) equals('format', 'urn:x-nmos:format:video');
  equals('init_segments', query.init_segments);
  if (query.timerange) conditions.push(timerangeCondition(query.timerange, parameters));
  const shown = classes ? ` AND ${withinClasses('flow', 'i.collection_id', classes)}` : '';
  const collections = `SELECT 1 FROM flow_collection_items i WHERE i.flow_id = f.id${shown}`;
  if (query.collected_by_ids?.length === 0) conditions.push(`NOT EXISTS (${collections})`);
  else if (query.collected_by_ids) {
    conditions.push(
      `EXISTS (${collections} AND i.collection_id = ANY(${parameters.add(query.collected_by_ids)}::uuid[]))`,
    );
  }
  return conditions;
}

/** An empty timerange asks for Flows without content; all of time, the default, asks for nothing in particular. */
function timerangeCondition(timerange: TimeRange, parameters: Parameters): string {
  if (timerange.isEmpty()) return 'f.segment_count = 0';
  if (timerange.equals(TimeRange.ETERNITY)) return 'true';
  const { start, end } = timerange.clampToStorable();
  return `f.first_start_ns < ${parameters.add(end.toString(), 'int8')} AND f.last_end_ns > ${parameters.add(start.toString(), 'int8')}`;
}
