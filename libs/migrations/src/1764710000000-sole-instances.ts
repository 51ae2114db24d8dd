import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where most objects are, kept on their own row: a page of segments reads it there instead of looking for the instances of
 * each object and putting them together. `object_instances` says what is true; triggers make the copy follow it, whichever
 * version of the server changes an instance. Null means that the instances have to be asked: so it is at first for every
 * object there is already, and no row is written here.
 */
const statements = [
  `ALTER TABLE objects ADD COLUMN sole_storage_id uuid`,
  `COMMENT ON COLUMN objects.sole_storage_id IS
     'Storage backend of the only instance that is ready, when it is one of ours; null: ask object_instances'`,

  // The rows are locked first, in the order in which everybody locks them. Only a statement that begins after that sees what
  // others who held the locks have written, so there are two.
  `CREATE FUNCTION note_sole_instances(changed text[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
   BEGIN
     PERFORM 1 FROM objects WHERE id = ANY(changed) ORDER BY id FOR NO KEY UPDATE;
     IF NOT FOUND THEN RETURN; END IF;
     UPDATE objects o SET sole_storage_id = found.sole_storage_id
       FROM (SELECT wanted.id,
                    (SELECT CASE WHEN count(*) = 1 THEN min(i.storage_id::text)::uuid END
                       FROM object_instances i WHERE i.object_id = wanted.id AND i.state = 'ready') AS sole_storage_id
               FROM unnest(changed) AS wanted (id)) found
      WHERE o.id = found.id AND o.sole_storage_id IS DISTINCT FROM found.sole_storage_id;
   END $$`,
  `CREATE FUNCTION object_instances_listed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
   BEGIN
     PERFORM note_sole_instances(ARRAY(SELECT DISTINCT object_id FROM listed));
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION object_instance_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
   BEGIN
     PERFORM note_sole_instances(ARRAY[OLD.object_id, NEW.object_id]);
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER object_instances_added AFTER INSERT ON object_instances
     REFERENCING NEW TABLE AS listed FOR EACH STATEMENT EXECUTE FUNCTION object_instances_listed()`,
  `CREATE TRIGGER object_instances_removed AFTER DELETE ON object_instances
     REFERENCING OLD TABLE AS listed FOR EACH STATEMENT EXECUTE FUNCTION object_instances_listed()`,
  // Sizes and checksums change often, and where an object is does not change with them.
  `CREATE TRIGGER object_instances_changed AFTER UPDATE ON object_instances FOR EACH ROW
     WHEN ((OLD.object_id, OLD.storage_id, OLD.state) IS DISTINCT FROM (NEW.object_id, NEW.storage_id, NEW.state))
     EXECUTE FUNCTION object_instance_changed()`,

  // How far the objects that were there before have been looked at.
  `CREATE TABLE backfills (
     name     text PRIMARY KEY,
     position text NOT NULL DEFAULT '',
     finished timestamptz
   )`,
  `INSERT INTO backfills (name, finished)
   SELECT 'sole-instances', CASE WHEN NOT EXISTS (SELECT 1 FROM objects) THEN clock_timestamp() END`,
];

export class SoleInstances1764710000000 implements MigrationInterface {
  readonly name = 'SoleInstances1764710000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE backfills');
    for (const trigger of ['added', 'removed', 'changed'])
      await queryRunner.query(`DROP TRIGGER object_instances_${trigger} ON object_instances`);
    await queryRunner.query(
      'DROP FUNCTION object_instances_listed(), object_instance_changed(), note_sole_instances(text[])',
    );
    await queryRunner.query('ALTER TABLE objects DROP COLUMN sole_storage_id');
  }
}
