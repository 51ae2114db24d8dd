import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { videoFlow } from '../support/flow-fixtures';

/** What one call of {@link fillStore} adds. */
export interface Filling {
  /** Storage backend the objects are said to lie on. */
  readonly storageId: string;
  /** Segments of the one long Flow, a second each, back to back from 0:0. */
  readonly segments: number;
  /** Flows without segments; each its own Source. */
  readonly flows: number;
  /** How many of the Flows carry the tag `genre: news`; the others carry `genre: sport`. */
  readonly newsFlows: number;
}

/** Fills a migrated database by SQL alone: a million segments and a hundred thousand Flows in a minute or two. @returns the long Flow's id */
export async function fillStore(database: Client, filling: Filling): Promise<string> {
  const flow = videoFlow({ label: 'Long recording', tags: { genre: 'archive' } });
  const { id, source_id, ...document } = flow;
  await database.query('BEGIN');
  await database.query('INSERT INTO sources (id, format, label) VALUES ($1, $2, $3)', [
    source_id,
    document['format'],
    'Long recording',
  ]);
  await database.query('INSERT INTO flows (id, source_id, document, metadata_version) VALUES ($1, $2, $3, $4)', [
    id,
    source_id,
    JSON.stringify(document),
    randomUUID(),
  ]);
  await fillSegments(database, id, filling);
  await fillFlows(database, document, filling);
  await database.query('COMMIT');
  await database.query('VACUUM ANALYZE');
  return id;
}

async function fillSegments(database: Client, flowId: string, { segments, storageId }: Filling): Promise<void> {
  await database.query(
    `CREATE TEMPORARY TABLE filled ON COMMIT DROP AS
     SELECT second, gen_random_uuid()::text AS object_id, format('[%s:0_%s:0)', second, second + 1) AS timerange,
            second * 1000000000 AS start_ns, (second + 1) * 1000000000 AS end_ns
       FROM generate_series(0::int8, $1::int8 - 1) AS second`,
    [segments],
  );
  await database.query(
    `INSERT INTO objects (id, role, allocated_for_flow, registered, content_type, first_referenced_by_flow, timerange, start_ns, end_ns)
     SELECT object_id, 'media', $1, clock_timestamp(), 'video/mp2t', $1, timerange, start_ns, end_ns FROM filled`,
    [flowId],
  );
  await database.query('INSERT INTO object_instances (object_id, storage_id) SELECT object_id, $1 FROM filled', [
    storageId,
  ]);
  await database.query(
    `INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange)
     SELECT $1, start_ns, end_ns, object_id, timerange FROM filled`,
    [flowId],
  );
  await database.query(
    `UPDATE flows SET segment_count = $2, first_start_ns = 0, last_end_ns = $2 * 1000000000::int8, media_ns = $2 * 1000000000::int8,
                      segments_updated = clock_timestamp(), segments_added = clock_timestamp()
      WHERE id = $1`,
    [flowId, segments],
  );
}

async function fillFlows(
  database: Client,
  document: Readonly<Record<string, unknown>>,
  { flows, newsFlows }: Filling,
): Promise<void> {
  const versionFour = `overlay(overlay(gen_random_uuid()::text placing '4' from 15) placing 'a' from 20)::uuid`;
  await database.query(
    `CREATE TEMPORARY TABLE filled_flows ON COMMIT DROP AS
     SELECT n, ${versionFour} AS id, ${versionFour} AS source_id, 'Camera ' || n AS label,
            -- The tagged ones lie evenly among the others.
            CASE WHEN n * $2::int8 / $1::int8 <> (n - 1) * $2::int8 / $1::int8 THEN 'news' ELSE 'sport' END AS genre
       FROM generate_series(1::int8, $1::int8) AS n`,
    [flows, newsFlows],
  );
  await database.query(
    `INSERT INTO sources (id, format, label) SELECT source_id, 'urn:x-nmos:format:video', label FROM filled_flows`,
  );
  await database.query(
    `INSERT INTO flows (id, source_id, document, metadata_version)
     SELECT id, source_id, $1::jsonb || jsonb_build_object('label', label, 'tags', jsonb_build_object('genre', genre)), id
       FROM filled_flows`,
    [JSON.stringify(document)],
  );
  await database.query(`INSERT INTO flow_tags (flow_id, name, value) SELECT id, 'genre', genre FROM filled_flows`);
}
