import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an overview of many Flows must know of each without reading its segments, and search by substring. */
const statements = [
  // media_ns: how much of its extent the Flow's segments cover; numeric, because a timeline may be longer than an int8 counts.
  // segments_added: the last registration. added_minute is indexed and changes once a minute at most: registrations in
  // between stay updates that touch no index.
  `ALTER TABLE flows
     ADD COLUMN media_ns numeric NOT NULL DEFAULT 0,
     ADD COLUMN segments_added timestamptz`,
  `ALTER TABLE flows
     ADD COLUMN added_minute timestamptz NOT NULL GENERATED ALWAYS AS (
       coalesce(date_trunc('minute', segments_added AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', 'epoch'::timestamptz)) STORED`,
  `UPDATE flows f SET media_ns = s.media_ns, segments_added = f.segments_updated
     FROM (SELECT flow_id, sum(end_ns::numeric - start_ns) AS media_ns FROM segments GROUP BY flow_id) s
    WHERE s.flow_id = f.id`,
  'CREATE INDEX flows_added ON flows (added_minute, id)',
  `CREATE INDEX object_instances_missing ON object_instances (state_since) WHERE state = 'missing'`,
  `CREATE INDEX flows_ingesting ON flows (created, id) WHERE status = 'ingesting'`,
];

/** Texts that are searched, bounded so that a large set of tags does not make a large index entry. */
const searched = {
  flows: `left(lower(id::text || ' ' || source_id::text || ' ' || coalesce(label, '') || ' ' ||
    coalesce(document ->> 'description', '') || ' ' || coalesce(document ->> 'tags', '')), 4000)`,
  sources: `left(lower(id::text || ' ' || coalesce(label, '') || ' ' || coalesce(description, '') || ' ' || coalesce(tags::text, '')), 4000)`,
};

/**
 * pg_trgm comes with PostgreSQL and needs no superuser, but may be missing: then search works without its index, at a cost
 * that grows with the number of Flows.
 */
const TRIGRAMS = `DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
  RAISE NOTICE 'pg_trgm is not available: search has no index';
END $$`;

export class LibraryOverview1764460000000 implements MigrationInterface {
  readonly name = 'LibraryOverview1764460000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await queryRunner.query(TRIGRAMS);
    const available = (await queryRunner.query(
      `SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(oid)`,
    )) as unknown[];
    if (available.length === 0) return;
    for (const [table, text] of Object.entries(searched))
      await queryRunner.query(`CREATE INDEX ${table}_searched ON ${table} USING gin ((${text}) gin_trgm_ops)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP INDEX IF EXISTS flows_searched, sources_searched, flows_ingesting, flows_added, object_instances_missing',
    );
    await queryRunner.query(
      'ALTER TABLE flows DROP COLUMN added_minute, DROP COLUMN segments_added, DROP COLUMN media_ns',
    );
  }
}
