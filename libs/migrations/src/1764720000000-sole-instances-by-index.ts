import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The functions that keep `objects.sole_storage_id` look everything up by index. A session keeps the plans of a function; made
 * while the tables were small, or before anybody counted them, they read whole tables for each object of an allocation.
 */
const BY_INDEX = 'SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off';

const statements = [
  `ALTER FUNCTION note_sole_instances(text[]) ${BY_INDEX}`,
  // The allocation of an object writes the backend of its first instance itself: nobody else can add that one, so that there is
  // nothing to count.
  `CREATE OR REPLACE FUNCTION object_instances_listed() RETURNS trigger LANGUAGE plpgsql
     SET search_path FROM CURRENT ${BY_INDEX} AS $$
   DECLARE
     changed text[];
   BEGIN
     IF TG_OP = 'INSERT' THEN
       changed := ARRAY(SELECT DISTINCT l.object_id
                          FROM listed l LEFT JOIN objects o ON o.id = l.object_id
                         WHERE (l.state = 'ready' AND o.sole_storage_id = l.storage_id) IS NOT TRUE);
     ELSE
       changed := ARRAY(SELECT DISTINCT object_id FROM listed);
     END IF;
     IF cardinality(changed) > 0 THEN PERFORM note_sole_instances(changed); END IF;
     RETURN NULL;
   END $$`,
];

export class SoleInstancesByIndex1764720000000 implements MigrationInterface {
  readonly name = 'SoleInstancesByIndex1764720000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE OR REPLACE FUNCTION object_instances_listed() RETURNS trigger LANGUAGE plpgsql
      SET search_path FROM CURRENT AS $$
      BEGIN
        PERFORM note_sole_instances(ARRAY(SELECT DISTINCT object_id FROM listed));
        RETURN NULL;
      END $$`);
    await queryRunner.query(
      'ALTER FUNCTION note_sole_instances(text[]) RESET enable_seqscan RESET enable_hashjoin RESET enable_mergejoin',
    );
  }
}
