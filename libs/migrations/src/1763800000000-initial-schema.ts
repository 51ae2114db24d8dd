import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Resources of the specification. Times on the media timeline are integer nanoseconds, ranges half-open: [start, end). */
const statements = [
  `CREATE TABLE service (
     singleton   boolean PRIMARY KEY DEFAULT true CHECK (singleton),
     name        text,
     description text
   )`,
  // Keys every replica must share, such as the one that signs media URLs.
  `CREATE TABLE service_keys (
     name  text PRIMARY KEY,
     value text NOT NULL
   )`,
  `CREATE TABLE profiles (
     id            uuid PRIMARY KEY,
     label         text,
     description   text,
     created_by    text,
     created       timestamptz NOT NULL DEFAULT clock_timestamp(),
     tags          jsonb,
     flow_metadata jsonb NOT NULL,
     format        text GENERATED ALWAYS AS (flow_metadata ->> 'format') STORED,
     codec         text GENERATED ALWAYS AS (flow_metadata ->> 'codec') STORED
   )`,
  'CREATE INDEX profiles_created ON profiles (created, id)',

  `CREATE TABLE sources (
     id          uuid PRIMARY KEY,
     format      text NOT NULL,
     label       text,
     description text,
     tags        jsonb,
     created_by  text,
     updated_by  text,
     created     timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated     timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  'CREATE INDEX sources_created ON sources (created, id)',
  'CREATE INDEX sources_updated ON sources (updated, id)',
  `CREATE INDEX sources_label ON sources ((label IS NULL), (coalesce(label, id::text)) COLLATE "C", id)`,

  // One row for each value of a tag, so that filters use an index; a tag with an empty list has one row without a value.
  `CREATE TABLE source_tags (
     source_id uuid NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
     name      text NOT NULL,
     value     text
   )`,
  'CREATE INDEX source_tags_source ON source_tags (source_id)',
  'CREATE INDEX source_tags_value ON source_tags (md5(name), md5(value), source_id)',

  // "document" is the client's own metadata; the columns generated from it exist to filter and sort.
  `CREATE TABLE flows (
     id               uuid PRIMARY KEY,
     source_id        uuid NOT NULL REFERENCES sources (id),
     document         jsonb NOT NULL,
     metadata_version text NOT NULL,
     created_by       text,
     updated_by       text,
     created          timestamptz NOT NULL DEFAULT clock_timestamp(),
     metadata_updated timestamptz NOT NULL DEFAULT clock_timestamp(),
     segments_updated timestamptz,
     segment_count    int8 NOT NULL DEFAULT 0,
     first_start_ns   int8,
     last_end_ns      int8,
     format           text GENERATED ALWAYS AS (document ->> 'format') STORED,
     codec            text GENERATED ALWAYS AS (document ->> 'codec') STORED,
     container        text GENERATED ALWAYS AS (document ->> 'container') STORED,
     label            text GENERATED ALWAYS AS (document ->> 'label') STORED,
     status           text GENERATED ALWAYS AS (document ->> 'status') STORED,
     profile_id       text GENERATED ALWAYS AS (document ->> 'profile_id') STORED,
     read_only        boolean GENERATED ALWAYS AS (coalesce((document ->> 'read_only')::boolean, false)) STORED,
     frame_width      int8 GENERATED ALWAYS AS ((document #>> '{essence_parameters,frame_width}')::int8) STORED,
     frame_height     int8 GENERATED ALWAYS AS ((document #>> '{essence_parameters,frame_height}')::int8) STORED,
     init_segments    boolean GENERATED ALWAYS AS (coalesce((document #>> '{essence_parameters,init_segments}')::boolean, false)) STORED
   )`,
  'CREATE INDEX flows_created ON flows (created, id)',
  'CREATE INDEX flows_metadata_updated ON flows (metadata_updated, id)',
  `CREATE INDEX flows_label ON flows ((label IS NULL), (coalesce(label, id::text)) COLLATE "C", id)`,
  'CREATE INDEX flows_source ON flows (source_id)',
  'CREATE INDEX flows_profile ON flows (profile_id) WHERE profile_id IS NOT NULL',

  `CREATE TABLE flow_tags (
     flow_id uuid NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
     name    text NOT NULL,
     value   text
   )`,
  'CREATE INDEX flow_tags_flow ON flow_tags (flow_id)',
  'CREATE INDEX flow_tags_value ON flow_tags (md5(name), md5(value), flow_id)',

  `CREATE TABLE flow_collection_items (
     collection_id uuid NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
     position      int NOT NULL,
     flow_id       uuid NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
     item          jsonb NOT NULL,
     PRIMARY KEY (collection_id, position)
   )`,
  'CREATE INDEX flow_collection_items_flow ON flow_collection_items (flow_id, collection_id)',

  // An object is allocated (role unknown), then registered as media or as an initialisation segment, for good.
  `CREATE TABLE objects (
     id                       text PRIMARY KEY,
     role                     text CHECK (role IN ('media', 'init')),
     allocated_for_flow       uuid,
     allocated                timestamptz NOT NULL DEFAULT clock_timestamp(),
     registered               timestamptz,
     content_type             text,
     first_referenced_by_flow uuid,
     timerange                text,
     start_ns                 int8,
     end_ns                   int8,
     key_frame_count          int8,
     init_object_id           text REFERENCES objects (id)
   )`,
  'CREATE INDEX objects_init_object ON objects (init_object_id) WHERE init_object_id IS NOT NULL',
  'CREATE INDEX objects_unregistered ON objects (allocated) WHERE role IS NULL',

  // Where an object's bytes are: on a storage backend of ours (controlled), or at a URL a client gave (uncontrolled).
  `CREATE TABLE object_instances (
     id         int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     object_id  text NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
     storage_id uuid,
     label      text,
     url        text,
     size_bytes int8,
     created    timestamptz NOT NULL DEFAULT clock_timestamp(),
     CHECK ((storage_id IS NULL) <> (url IS NULL))
   )`,
  'CREATE INDEX object_instances_object ON object_instances (object_id, id)',
  'CREATE UNIQUE INDEX object_instances_controlled ON object_instances (object_id, storage_id) WHERE storage_id IS NOT NULL',
  'CREATE UNIQUE INDEX object_instances_uncontrolled ON object_instances (object_id, label) WHERE url IS NOT NULL',

  // Segments of one flow never overlap: ordering by end is ordering by start, and one index serves every question.
  `CREATE TABLE segments (
     flow_id       uuid NOT NULL REFERENCES flows (id),
     end_ns        int8 NOT NULL,
     start_ns      int8 NOT NULL,
     object_id     text NOT NULL REFERENCES objects (id),
     timerange     text NOT NULL,
     ts_offset     text,
     last_duration text,
     sample_offset int8,
     sample_count  int8,
     PRIMARY KEY (flow_id, end_ns),
     CHECK (start_ns < end_ns)
   )`,
  'CREATE INDEX segments_object ON segments (object_id, flow_id, end_ns)',
];

export class InitialSchema1763800000000 implements MigrationInterface {
  readonly name = 'InitialSchema1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('The initial schema is not taken down: drop the database instead.'));
  }
}
