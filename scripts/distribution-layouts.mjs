// How the tables of the store can lie on the machines of Citus. Tried with 13.2.2 on PostgreSQL 15; the order matters, and so does
// that each constraint is added by a statement of its own.

const TRIGGERS = ['added', 'removed', 'changed'].map(
  (name) => `DROP TRIGGER IF EXISTS object_instances_${name} ON object_instances`,
);
/** Without the triggers nobody keeps the copy: pages ask the instances. */
const WITHOUT_COPY = [...TRIGGERS, 'UPDATE objects SET sole_storage_id = NULL WHERE sole_storage_id IS NOT NULL'];
const LOST_COPY = 'the triggers that keep objects.sole_storage_id';
const SEGMENTS_ALONE =
  'ALTER TABLE segments DROP CONSTRAINT segments_flow_id_fkey, DROP CONSTRAINT segments_object_id_fkey';

/** By name: the statements, and what the store loses by them. */
export const layouts = {
  objects: {
    lost: ['the foreign keys of segments, and of objects to their initialisation objects', LOST_COPY],
    statements: [
      ...WITHOUT_COPY,
      SEGMENTS_ALONE,
      'ALTER TABLE objects DROP CONSTRAINT objects_init_object_id_fkey',
      'ALTER TABLE object_instances DROP CONSTRAINT object_instances_object_id_fkey',
      'ALTER TABLE object_instances DROP CONSTRAINT object_instances_pkey, ADD PRIMARY KEY (object_id, id)',
      `SELECT create_distributed_table('segments', 'flow_id', colocate_with => 'none')`,
      `SELECT create_distributed_table('objects', 'id', colocate_with => 'none')`,
      `SELECT create_distributed_table('object_instances', 'object_id', colocate_with => 'objects')`,
      'ALTER TABLE object_instances ADD FOREIGN KEY (object_id) REFERENCES objects (id) ON DELETE CASCADE',
    ],
  },
  reference: {
    lost: [LOST_COPY, 'room: every machine holds all objects and instances'],
    statements: [
      ...WITHOUT_COPY,
      SEGMENTS_ALONE,
      ...['sources', 'source_tags', 'flows', 'flow_tags', 'flow_collection_items', 'objects', 'object_instances'].map(
        (table) => `SELECT create_reference_table('${table}')`,
      ),
      `SELECT create_distributed_table('segments', 'flow_id')`,
      'ALTER TABLE segments ADD FOREIGN KEY (flow_id) REFERENCES flows (id)',
      'ALTER TABLE segments ADD FOREIGN KEY (object_id) REFERENCES objects (id)',
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET citus.multi_shard_modify_mode = ''sequential''', current_database()); END $$`,
    ],
  },
};
