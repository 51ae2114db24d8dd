import { Injectable } from '@nestjs/common';
import { tagConditions, type TagFilter } from '@tams/model';
import { arrayPlacesOf, type Connection, Parameters, placesOf, prepared, valuesOf } from '@tams/platform';
import type { ObjectInstance } from './get-urls/get-urls';

/** What an object is used as, for good: media on a timeline, or the initialisation segment of other objects. */
export type ObjectRole = 'media' | 'init';

/** What registration must know of an object; `role` is null while it is only allocated. */
export interface LockedObject {
  readonly id: string;
  readonly role: ObjectRole | null;
  readonly allocated_for_flow: string | null;
  /** As it was allocated, and so uploaded; null for an object held elsewhere. */
  readonly content_type: string | null;
  /** On the object's own timeline; set for media. */
  readonly timerange: string | null;
  readonly key_frame_count: string | null;
  readonly init_object_id: string | null;
  /** Whether nothing uses it any more, since its last segment was deleted. */
  readonly unreferenced: boolean;
  /** Whether the collector has claimed it: its bytes may be gone, and it is never used again. */
  readonly collecting: boolean;
}

/** A media object at its first registration. */
export interface NewMediaObject {
  readonly id: string;
  readonly timerange: string;
  /** The same range, half-open on whole nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  readonly keyFrameCount: number | undefined;
  readonly initObjectId: string | undefined;
}

/** An uncontrolled instance: a URL a client vouches for, under a label unique to the object. */
export interface UncontrolledInstance {
  readonly objectId: string;
  readonly label: string;
  readonly url: string;
}

/** A registered object with its instances and those of its initialisation object. */
export interface RegisteredObject {
  readonly id: string;
  readonly role: ObjectRole;
  readonly first_referenced_by_flow: string | null;
  readonly timerange: string | null;
  readonly key_frame_count: string | null;
  readonly init_object_id: string | null;
  readonly instances: ObjectInstance[] | null;
  readonly init_instances: ObjectInstance[] | null;
}

/** SQL: whether clients are told of an instance `i`: its bytes are there. The one place that says so. */
const ADVERTISED = `i.state = 'ready'`;

/** SQL of the instances of one object that can be read, as a JSON array in order of creation, or null when there are none. */
export function instancesOf(objectId: string): string {
  return `(SELECT json_agg(json_build_object('storage_id', i.storage_id, 'label', i.label, 'url', i.url) ORDER BY i.id)
             FROM object_instances i WHERE i.object_id = ${objectId} AND ${ADVERTISED})`;
}

/** Where an object is, as {@link locationOf} reads it. */
export interface LocatedRow {
  /** The backend of its only instance, where that is all there is to say. */
  readonly sole_storage_id: string | null;
  /** All its instances otherwise; null when it has none. */
  readonly instances: ObjectInstance[] | null;
}

/**
 * SQL of the columns of a {@link LocatedRow}. Most objects have one instance, on a backend of ours, and their own row says so:
 * only for the others instances are looked up.
 * @param object alias of the row of `objects`
 */
export function locationOf(object: string): string {
  return `${object}.sole_storage_id,
    CASE WHEN ${object}.sole_storage_id IS NULL THEN ${instancesOf(`${object}.id`)} END AS instances`;
}

/** The instances of an object whose row was read with {@link locationOf}. */
export function instancesIn({ sole_storage_id: storageId, instances }: LocatedRow): readonly ObjectInstance[] {
  return storageId === null ? (instances ?? []) : [{ storage_id: storageId, label: null, url: null }];
}

/** SQL of the instances of the initialisation object of an object, as {@link instancesOf} gives them; null for none. */
export function initInstancesOf(object: string): string {
  return `CASE WHEN ${object}.init_object_id IS NOT NULL THEN ${instancesOf(`${object}.init_object_id`)} END`;
}

/**
 * SQL of the object a row refers to, for a FROM clause: one look-up by key a row, whatever the planner thinks of the sizes.
 * @param objectId SQL of its identifier, for example `s.object_id`
 * @param alias name of the object in the rest of the statement
 * @param missing what becomes of a row without an object: left out, or kept with nulls
 */
export function objectOf(objectId: string, alias: string, missing: 'left out' | 'kept' = 'left out'): string {
  const object = `(SELECT * FROM objects WHERE id = ${objectId} LIMIT 1) ${alias}`;
  return missing === 'kept' ? `LEFT JOIN LATERAL ${object} ON true` : `CROSS JOIN LATERAL ${object}`;
}

/** SQL of the size of an object in bytes, as far as one of its instances knows it; null when none does. */
export function sizeOf(objectId: string): string {
  return `(SELECT i.size_bytes FROM object_instances i
            WHERE i.object_id = ${objectId} AND i.size_bytes IS NOT NULL LIMIT 1)`;
}

/**
 * SQL of a condition: whether an initialisation object belongs to media of a Flow. The Flow it was allocated for is asked
 * first, since it nearly always is that one.
 * @param object alias of the row of `objects`
 * @param flowId SQL of the Flow's identifier
 */
export function initialises(object: string, flowId: string): string {
  return `(${object}.allocated_for_flow = ${flowId} OR ${object}.first_referenced_by_flow = ${flowId}
           OR EXISTS (SELECT 1 FROM objects m JOIN segments s ON s.object_id = m.id AND s.flow_id = ${flowId}
                       WHERE m.init_object_id = ${object}.id))`;
}

/** Types of what is written of a media object: id, timerange, start, end, count of key frames, initialisation object. */
const MEDIA_TYPES = ['text', 'text', 'int8', 'int8', 'int8', 'text'] as const;

/** SQL of registering media objects for the Flow $1. @param rows SQL of the rows */
const registrationOf = (rows: string): string =>
  prepared(`INSERT INTO objects AS o (first_referenced_by_flow, role, registered, id, timerange, start_ns, end_ns,
                                     key_frame_count, init_object_id)
       ${rows}
         ON CONFLICT (id) DO UPDATE
        SET role = excluded.role, registered = excluded.registered,
            first_referenced_by_flow = excluded.first_referenced_by_flow, timerange = excluded.timerange,
            start_ns = excluded.start_ns, end_ns = excluded.end_ns, key_frame_count = excluded.key_frame_count,
            init_object_id = excluded.init_object_id
      WHERE o.role IS NULL AND o.allocated_for_flow = excluded.first_referenced_by_flow AND o.collect_at IS NULL
  RETURNING o.id`);

/** One row as VALUES: a distributed engine sends those straight to where they belong. */
const REGISTER_ONE = registrationOf(`VALUES ($1, 'media', statement_timestamp(), ${placesOf(MEDIA_TYPES, 2)})`);
const REGISTER_SEVERAL = registrationOf(
  `SELECT $1::uuid, 'media', statement_timestamp(), n.*
     FROM unnest(${arrayPlacesOf(MEDIA_TYPES, 2)}) n (id) ORDER BY n.id`,
);

/** SQL of objects and their instances. */
@Injectable()
export class ObjectRepository {
  /**
   * Reads objects and keeps others from changing or deleting them until the transaction ends. Rows are locked in order
   * of their ids, so that transactions that lock several cannot block each other for ever. Whoever changes an object or
   * its instances takes this lock; whoever needs a Flow's lock too takes the Flow's first.
   */
  lock(connection: Connection, objectIds: readonly string[]): Promise<LockedObject[]> {
    return connection.query<LockedObject>(
      prepared(`SELECT id, role, allocated_for_flow, content_type, timerange, key_frame_count, init_object_id,
              unreferenced_since IS NOT NULL AS unreferenced, collect_at IS NOT NULL AS collecting
         FROM objects WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE`),
      [objectIds],
    );
  }

  /** Where each of these objects can be read, in order of creation; those that are gone, or nowhere, are left out. */
  async instances(connection: Connection, objectIds: readonly string[]): Promise<Map<string, ObjectInstance[]>> {
    const rows = await connection.query<ObjectInstance & { readonly object_id: string }>(
      `SELECT i.object_id, i.storage_id, i.label, i.url
         FROM object_instances i WHERE i.object_id = ANY($1::text[]) AND ${ADVERTISED} ORDER BY i.object_id, i.id`,
      [objectIds],
    );
    return Map.groupBy(rows, (row) => row.object_id);
  }

  uncontrolledInstances(connection: Connection, objectIds: readonly string[]): Promise<UncontrolledInstance[]> {
    return connection.query<UncontrolledInstance>(
      `SELECT object_id AS "objectId", label, url
         FROM object_instances WHERE object_id = ANY($1::text[]) AND url IS NOT NULL`,
      [objectIds],
    );
  }

  /**
   * Registers media objects, creating those that are held elsewhere. Inserts in order of ids, for the reason given at
   * {@link lock}.
   * @returns how many were registered: fewer than given when another transaction came first
   */
  async registerMedia(connection: Connection, flowId: string, objects: readonly NewMediaObject[]): Promise<number> {
    const rows = objects.map((object) => [
      object.id,
      object.timerange,
      String(object.start),
      String(object.end),
      object.keyFrameCount ?? null,
      object.initObjectId ?? null,
    ]);
    const statement = rows.length === 1 ? REGISTER_ONE : REGISTER_SEVERAL;
    const registered = await connection.query(statement, [flowId, ...valuesOf(MEDIA_TYPES, rows)]);
    return registered.length;
  }

  /** Makes allocated objects, locked before, initialisation objects. */
  async registerInit(connection: Connection, flowId: string, objectIds: readonly string[]): Promise<void> {
    await connection.query(
      `UPDATE objects SET role = 'init', registered = statement_timestamp(), first_referenced_by_flow = $1
        WHERE id = ANY($2::text[])`,
      [flowId, objectIds],
    );
  }

  /** Adds URLs to objects, locked before, whose labels are new to them. */
  async addUncontrolledInstances(connection: Connection, instances: readonly UncontrolledInstance[]): Promise<void> {
    await connection.query(
      `INSERT INTO object_instances (object_id, label, url)
       SELECT object_id, label, url
         FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (object_id, label, url, position)
        ORDER BY position`,
      [
        instances.map((instance) => instance.objectId),
        instances.map((instance) => instance.label),
        instances.map((instance) => instance.url),
      ],
    );
  }

  /** Takes back, from objects locked before, that nothing uses them. */
  async retain(connection: Connection, objectIds: readonly string[]): Promise<void> {
    await connection.query('UPDATE objects SET unreferenced_since = NULL WHERE id = ANY($1::text[])', [objectIds]);
  }

  /** An object that a segment uses, with everything GET /objects/{objectId} shows but its Flows. */
  async find(connection: Connection, objectId: string): Promise<RegisteredObject | undefined> {
    const rows = await connection.query<RegisteredObject>(
      prepared(`SELECT o.id, o.role, o.first_referenced_by_flow, o.timerange, o.key_frame_count, o.init_object_id,
              ${instancesOf('o.id')} AS instances, ${initInstancesOf('o')} AS init_instances
         FROM objects o WHERE o.id = $1 AND o.role IS NOT NULL AND o.unreferenced_since IS NULL`),
      [objectId],
    );
    return rows[0];
  }

  /**
   * Ids of the Flows whose segments use the object, or use objects it initialises, in order of their ids.
   * @param after the id to go on after
   * @param count most ids to return
   */
  async referencingFlows(
    connection: Connection,
    object: Pick<RegisteredObject, 'id' | 'role'>,
    request: { readonly flowTags: TagFilter; readonly after: string | undefined; readonly count: number },
  ): Promise<string[]> {
    const parameters = new Parameters();
    const id = parameters.add(object.id);
    const segments =
      object.role === 'media'
        ? `segments s WHERE s.object_id = ${id}`
        : `objects m JOIN segments s ON s.object_id = m.id WHERE m.init_object_id = ${id}`;
    const conditions = [`f.id IN (SELECT s.flow_id FROM ${segments})`];
    if (request.after !== undefined) conditions.push(`f.id > ${parameters.add(request.after, 'uuid')}`);
    conditions.push(...tagConditions(request.flowTags, 'flow_tags', 'flow_id', 'f.id', parameters));
    const rows = await connection.query<{ id: string }>(
      `SELECT f.id FROM flows f WHERE ${conditions.join(' AND ')} ORDER BY f.id LIMIT ${parameters.add(request.count, 'int8')}`,
      parameters.values,
    );
    return rows.map((row) => row.id);
  }
}
