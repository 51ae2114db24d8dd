import type { Pool } from 'pg';
import { eventually, type Patience } from '../support/eventually';
import type { TamsClient } from '../contract/tams-client';

/** A deletion request as it is read. */
export interface ReadDeletion {
  readonly id: string;
  readonly flow_id: string;
  readonly timerange_to_delete: string;
  readonly timerange_remaining?: string;
  readonly delete_flow: boolean;
  readonly status: string;
  readonly created?: string;
  readonly updated?: string;
  readonly expiry?: string;
  readonly error?: { readonly type: string };
}

/** Gives a Flow so many segments of a second each, from 0:0 on, with an object each, straight in the database. */
export async function fillDirectly(
  database: Pick<Pool, 'query'>,
  flowId: string,
  count: number,
  prefix = flowId,
): Promise<void> {
  await database.query(
    `INSERT INTO objects (id, role, registered, first_referenced_by_flow, timerange, start_ns, end_ns)
     SELECT $2 || '-' || n, 'media', now(), $1, format('[%s:0_%s:0)', n, n + 1), n * 1000000000, (n + 1) * 1000000000
       FROM generate_series(0, $3::int8 - 1) n ON CONFLICT DO NOTHING`,
    [flowId, prefix, count],
  );
  await database.query(
    `INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange)
     SELECT $1, n * 1000000000, (n + 1) * 1000000000, $2 || '-' || n, format('[%s:0_%s:0)', n, n + 1)
       FROM generate_series(0, $3::int8 - 1) n`,
    [flowId, prefix, count],
  );
  await database.query(
    `UPDATE flows SET segment_count = $2, first_start_ns = 0, last_end_ns = $2::int8 * 1000000000,
                      media_ns = $2::int8 * 1000000000, segments_updated = now()
      WHERE id = $1`,
    [flowId, count],
  );
}

/** Reads a deletion request until it is done. */
export async function untilDone(
  client: TamsClient,
  requestId: string,
  patience: Patience = { what: 'the deletion is done' },
): Promise<ReadDeletion> {
  return eventually(
    async () => (await client.get<ReadDeletion>(`/flow-delete-requests/${requestId}`)).body,
    ({ status }) => status === 'done',
    patience,
  );
}

/**
 * Lets the time pass in which jobs of a killed process still count as alive, as far as other processes know. That they wait
 * so long, and no longer, is shown by libs/platform/src/jobs/job-queue.spec.ts.
 */
export async function silence(database: Pool): Promise<void> {
  await database.query(`UPDATE jobs.job SET heartbeat_on = now() - interval '1 hour' WHERE state = 'active'`);
}

/** What the Flow's row says of its segments, and what is true. */
export async function figures(database: Pool, flowId: string): Promise<{ kept: unknown; counted: unknown }> {
  const { rows } = await database.query<{ kept: unknown; counted: unknown }>(
    `SELECT json_build_array(f.segment_count, f.first_start_ns, f.last_end_ns, f.media_ns) AS kept,
            (SELECT json_build_array(count(*), min(start_ns), max(end_ns), coalesce(sum(end_ns::numeric - start_ns), 0)) FROM segments WHERE flow_id = f.id) AS counted
       FROM flows f WHERE f.id = $1`,
    [flowId],
  );
  if (!rows[0]) throw new Error(`There is no Flow ${flowId}.`);
  return rows[0];
}

/** Ids of those of these objects that nothing uses any more. */
export async function unreferenced(database: Pool, objectIds: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    'SELECT id FROM objects WHERE id = ANY($1) AND unreferenced_since IS NOT NULL ORDER BY id',
    [objectIds],
  );
  return rows.map((row) => row.id);
}
