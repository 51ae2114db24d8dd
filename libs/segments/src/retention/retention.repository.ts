import { Injectable } from '@nestjs/common';
import type { Tags } from '@tams/model';
import type { Connection } from '@tams/platform';
import { FLOW_RETENTION_TAG, SEGMENT_RETENTION_TAG } from './retention-offset';

/** What decides over the retention of a Flow. */
export interface RetainedFlow {
  readonly id: string;
  readonly label: string | null;
  readonly tags: Tags | null;
  readonly read_only: boolean;
  readonly deletion_request: string | null;
  readonly deletions_pending: number;
  readonly segment_count: string;
  /** The later of `metadata_updated` and `segments_updated`. */
  readonly changed: string;
  /** Where its first segment ends; null when it has none. */
  readonly first_end_ns: string | null;
  /** Whether it is made of other Flows, and therefore has no segments of its own. */
  readonly collection: boolean;
}

const COLUMNS = `f.id, f.label, f.document -> 'tags' AS tags, f.read_only, f.deletion_request, f.deletions_pending,
  f.segment_count, greatest(f.metadata_updated, f.segments_updated) AS changed,
  (SELECT s.end_ns FROM segments s WHERE s.flow_id = f.id ORDER BY s.end_ns LIMIT 1) AS first_end_ns,
  EXISTS (SELECT 1 FROM flow_collection_items c WHERE c.collection_id = f.id) AS collection`;

const TAGGED = `f.id IN (SELECT t.flow_id FROM flow_tags t
  WHERE md5(t.name) IN (md5('${SEGMENT_RETENTION_TAG}'), md5('${FLOW_RETENTION_TAG}'))
    AND t.name IN ('${SEGMENT_RETENTION_TAG}', '${FLOW_RETENTION_TAG}'))`;

/** SQL of retention. */
@Injectable()
export class RetentionRepository {
  /** Flows with a retention tag, in order of their ids, a page at a time. */
  tagged(connection: Connection, pageSize: number): AsyncGenerator<RetainedFlow> {
    return this.pages(connection, TAGGED, pageSize);
  }

  /** Flows without segments that are no collections, a page at a time. */
  empty(connection: Connection, pageSize: number): AsyncGenerator<RetainedFlow> {
    const childless = 'NOT EXISTS (SELECT 1 FROM flow_collection_items c WHERE c.collection_id = f.id)';
    return this.pages(connection, `f.segment_count = 0 AND ${childless}`, pageSize);
  }

  /** One Flow as it is now. */
  async find(connection: Connection, flowId: string): Promise<RetainedFlow | undefined> {
    const rows = await connection.query<RetainedFlow>(`SELECT ${COLUMNS} FROM flows f WHERE f.id = $1`, [flowId]);
    return rows[0];
  }

  /** How many segments of a Flow end at or before an instant. */
  async countUntil(connection: Connection, flowId: string, end: bigint): Promise<number> {
    const [row] = await connection.query<{ count: string }>(
      'SELECT count(*) FROM segments WHERE flow_id = $1 AND end_ns <= $2::int8',
      [flowId, String(end)],
    );
    return Number(row?.count ?? 0);
  }

  private async *pages(connection: Connection, condition: string, pageSize: number): AsyncGenerator<RetainedFlow> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const page = await connection.query<RetainedFlow>(
        `SELECT ${COLUMNS} FROM flows f WHERE ${condition} AND f.id > $1 ORDER BY f.id LIMIT $2`,
        [after, pageSize],
      );
      yield* page;
      const last = page.at(-1);
      if (page.length < pageSize || !last) return;
      after = last.id;
    }
  }
}
