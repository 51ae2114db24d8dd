import { Injectable } from '@nestjs/common';
import type { Tags } from '@tams/model';
import { type Connection, prepared } from '@tams/platform';
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
  /** Where its first segment ends; null when it has none, or no tag that lets segments go. */
  readonly first_end_ns: string | null;
  /** Whether it is made of other Flows, and therefore has no segments of its own. */
  readonly collection: boolean;
}

const COLUMNS = `f.id, f.label, f.document -> 'tags' AS tags, f.read_only, f.deletion_request, f.deletions_pending,
  f.segment_count, greatest(f.metadata_updated, f.segments_updated) AS changed,
  EXISTS (SELECT 1 FROM flow_collection_items c WHERE c.collection_id = f.id) AS collection`;

const TAGGED = `f.id IN (SELECT t.flow_id FROM flow_tags t
  WHERE md5(t.name) IN (md5('${SEGMENT_RETENTION_TAG}'), md5('${FLOW_RETENTION_TAG}'))
    AND t.name IN ('${SEGMENT_RETENTION_TAG}', '${FLOW_RETENTION_TAG}'))`;

/** A row as it is read, before its first segment is looked for. */
type FlowRow = Omit<RetainedFlow, 'first_end_ns'>;

const FIRST_END = prepared('SELECT end_ns FROM segments WHERE flow_id = $1 ORDER BY end_ns LIMIT 1');

/** SQL of retention. Segments are asked Flow by Flow: they may lie on other machines than the Flows. */
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
    const [flow] = await connection.query<FlowRow>(`SELECT ${COLUMNS} FROM flows f WHERE f.id = $1`, [flowId]);
    return flow && this.withFirstEnd(connection, flow);
  }

  /** How many segments of a Flow end at or before an instant. */
  async countUntil(connection: Connection, flowId: string, end: bigint): Promise<number> {
    const [row] = await connection.query<{ count: string }>(
      'SELECT count(*) FROM segments WHERE flow_id = $1 AND end_ns <= $2::int8',
      [flowId, String(end)],
    );
    return Number(row?.count ?? 0);
  }

  /** Only what lets segments go by their age has to know the first of them. */
  private async withFirstEnd(connection: Connection, flow: FlowRow): Promise<RetainedFlow> {
    const isAsked = flow.segment_count !== '0' && flow.tags?.[SEGMENT_RETENTION_TAG] !== undefined;
    const [first] = isAsked ? await connection.query<{ end_ns: string }>(FIRST_END, [flow.id]) : [];
    return { ...flow, first_end_ns: first?.end_ns ?? null };
  }

  private async *pages(connection: Connection, condition: string, pageSize: number): AsyncGenerator<RetainedFlow> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const page = await connection.query<FlowRow>(
        `SELECT ${COLUMNS} FROM flows f WHERE ${condition} AND f.id > $1 ORDER BY f.id LIMIT $2`,
        [after, pageSize],
      );
      for (const flow of page) yield await this.withFirstEnd(connection, flow);
      const last = page.at(-1);
      if (page.length < pageSize || !last) return;
      after = last.id;
    }
  }
}
