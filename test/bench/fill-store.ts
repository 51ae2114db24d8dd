import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { videoFlow } from '../support/flow-fixtures';
import { withoutIndexes } from './without-indexes';

/** What one call of {@link fillStore} adds. */
export interface Filling {
  /** Storage backend the objects are said to lie on. */
  readonly storageId: string;
  /** Segments of the filled Flows, a second each, back to back from 0:0. */
  readonly segments: number;
  /**
   * Flows over which the segments are spread, as channels that are recorded at the same time: the rows of one second lie beside
   * each other, not those of one Flow. Default 1.
   */
  readonly channels?: number;
  /** Flows without segments; each its own Source. */
  readonly flows: number;
  /** How many of the Flows carry the tag `genre: news`; the others carry `genre: sport`. */
  readonly newsFlows: number;
}

/** From so many rows on, making the indexes afterwards is faster. */
const MANY = 500_000;
const FILLED_TABLES = ['segments', 'object_instances', 'objects', 'flows', 'flow_tags', 'sources'];

/** Fills a migrated database by SQL alone: a million segments and a hundred thousand Flows in a minute. @returns the id of the first filled Flow */
export async function fillStore(database: Client, filling: Filling): Promise<string> {
  const document = documentOf(videoFlow({ label: 'Long recording', tags: { genre: 'archive' } }));
  const channels = Array.from({ length: filling.channels ?? 1 }, () => randomUUID());
  const fill = async (): Promise<void> => {
    await fillChannels(database, channels, document);
    await fillSegments(database, channels, filling);
    await fillFlows(database, document, filling);
  };
  await database.query('BEGIN');
  if (filling.segments < MANY) await fill();
  else await withoutIndexes(database, FILLED_TABLES, fill);
  await database.query('COMMIT');
  await database.query('VACUUM ANALYZE');
  const [first] = channels;
  if (first === undefined) throw new Error('Segments need at least one Flow.');
  return first;
}

/** What a Flow's row keeps as JSON. */
function documentOf(flow: ReturnType<typeof videoFlow>): Record<string, unknown> {
  const columns = ['id', 'source_id'];
  return Object.fromEntries(Object.entries(flow).filter(([name]) => !columns.includes(name)));
}

async function fillChannels(
  database: Client,
  channels: readonly string[],
  document: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const id of channels) {
    const sourceId = randomUUID();
    await database.query('INSERT INTO sources (id, format, label) VALUES ($1, $2, $3)', [
      sourceId,
      document['format'],
      document['label'],
    ]);
    await database.query('INSERT INTO flows (id, source_id, document, metadata_version) VALUES ($1, $2, $3, $4)', [
      id,
      sourceId,
      JSON.stringify(document),
      randomUUID(),
    ]);
  }
}

async function fillSegments(
  database: Client,
  channels: readonly string[],
  { segments, storageId }: Filling,
): Promise<void> {
  // Identifiers as the server makes them (RFC 9562, version 7): those of one second lie beside each other.
  await database.query(
    `INSERT INTO objects (id, role, allocated_for_flow, registered, content_type, first_referenced_by_flow, sole_storage_id, timerange, start_ns, end_ns)
     SELECT substr(time, 1, 8) || '-' || substr(time, 9) || '-7' || substr(random, 1, 3) || '-a' || substr(random, 4, 3) || '-' || substr(random, 7, 12),
            'media', flow_id, statement_timestamp(), 'video/mp2t', flow_id, $4,
            '[' || second || ':0_' || second + 1 || ':0)', second * 1000000000, (second + 1) * 1000000000
       FROM (SELECT ($1::uuid[])[1 + n % cardinality($1)] AS flow_id, n / cardinality($1) AS second,
                    lpad(to_hex(1764000000000 + n / cardinality($1) * 1000), 12, '0') AS time, md5($3 || n::text) AS random
               FROM generate_series(0::int8, $2::int8 - 1) AS n) filled`,
    [channels, segments, randomUUID(), storageId],
  );
  await database.query(
    'INSERT INTO object_instances (object_id, storage_id) SELECT id, $2 FROM objects WHERE allocated_for_flow = ANY($1)',
    [channels, storageId],
  );
  await database.query(
    `INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange)
     SELECT allocated_for_flow, start_ns, end_ns, id, timerange FROM objects WHERE allocated_for_flow = ANY($1)`,
    [channels],
  );
  await database.query(
    `UPDATE flows SET segment_count = c.count, first_start_ns = 0, last_end_ns = c.count * 1000000000, media_ns = c.count * 1000000000,
                      segments_updated = statement_timestamp(), segments_added = statement_timestamp()
       FROM (SELECT id, ($2::int8 + cardinality($1) - position) / cardinality($1) AS count
               FROM unnest($1::uuid[]) WITH ORDINALITY AS channel (id, position)) c
      WHERE flows.id = c.id AND c.count > 0`,
    [channels, segments],
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
