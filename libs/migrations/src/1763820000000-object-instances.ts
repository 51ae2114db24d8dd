import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The life of an object's instances: copied, deleted, measured, compared with what the backends really hold. */
const statements = [
  // Only ready instances are advertised. missing: reconciliation found that the backend does not hold the bytes.
  `ALTER TABLE object_instances
     ADD COLUMN state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'copying', 'deleting', 'missing')),
     ADD COLUMN state_since timestamptz NOT NULL DEFAULT now(),
     ADD COLUMN sha256 text,
     ADD COLUMN measure_after timestamptz NOT NULL DEFAULT now(),
     ADD CHECK (state = 'ready' OR storage_id IS NOT NULL)`,
  `CREATE INDEX object_instances_unfinished ON object_instances (state_since) WHERE state IN ('copying', 'deleting')`,
  `CREATE INDEX object_instances_unmeasured ON object_instances (measure_after)
    WHERE size_bytes IS NULL AND storage_id IS NOT NULL AND state = 'ready'`,
  // In the order in which S3 lists keys, so that index and backend are compared in one pass.
  `CREATE INDEX object_instances_storage ON object_instances (storage_id, object_id COLLATE "C")
    WHERE storage_id IS NOT NULL`,

  // What the last comparison of each backend found, for people and for gauges.
  `CREATE TABLE reconciliations (
     storage_id      uuid PRIMARY KEY,
     started         timestamptz NOT NULL,
     finished        timestamptz NOT NULL,
     repaired        boolean NOT NULL,
     problem         text,
     objects         int8 NOT NULL,
     bytes           int8 NOT NULL,
     orphans         int8 NOT NULL,
     orphan_bytes    int8 NOT NULL,
     dangling        int8 NOT NULL,
     size_mismatches int8 NOT NULL
   )`,
];

export class ObjectInstances1763820000000 implements MigrationInterface {
  readonly name = 'ObjectInstances1763820000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('The states of instances are not taken down: restore a backup instead.'));
  }
}
