import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deletion that outlives a request, and the end of an object's life. */
const statements = [
  // A request outlives its Flow, so it does not refer to it. Up to position_ns (an end_ns) its segments are gone.
  `CREATE TABLE flow_delete_requests (
     id          uuid PRIMARY KEY,
     flow_id     uuid NOT NULL,
     delete_flow boolean NOT NULL,
     timerange   text NOT NULL,
     start_ns    int8 NOT NULL,
     end_ns      int8 NOT NULL,
     object_id   text,
     position_ns int8 NOT NULL,
     remaining   text NOT NULL,
     status      text NOT NULL DEFAULT 'created' CHECK (status IN ('created', 'started', 'done', 'error')),
     error       jsonb,
     created_by  text,
     created     timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated     timestamptz NOT NULL DEFAULT clock_timestamp(),
     expiry      timestamptz NOT NULL
   )`,
  'CREATE INDEX flow_delete_requests_created ON flow_delete_requests (created, id)',
  'CREATE INDEX flow_delete_requests_expiry ON flow_delete_requests (expiry, id)',
  `CREATE INDEX flow_delete_requests_unfinished ON flow_delete_requests (flow_id) WHERE status <> 'done'`,

  // On the Flow's own row, because only what lies there is sure to be current once its lock is taken.
  'ALTER TABLE flows ADD COLUMN deletion_request uuid, ADD COLUMN deletions_pending int NOT NULL DEFAULT 0',

  // unreferenced_since: the last reference went away then. collect_at: claimed by the collector for good, next try then.
  'ALTER TABLE objects ADD COLUMN unreferenced_since timestamptz, ADD COLUMN collect_at timestamptz',
  'DROP INDEX objects_unregistered',
  'CREATE INDEX objects_unregistered ON objects (allocated) WHERE role IS NULL AND collect_at IS NULL',
  `CREATE INDEX objects_unreferenced ON objects (unreferenced_since)
    WHERE unreferenced_since IS NOT NULL AND collect_at IS NULL`,
  'CREATE INDEX objects_collectable ON objects (collect_at) WHERE collect_at IS NOT NULL',
];

export class Deletion1763810000000 implements MigrationInterface {
  readonly name = 'Deletion1763810000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('Deletion requests are not taken down: restore a backup instead.'));
  }
}
