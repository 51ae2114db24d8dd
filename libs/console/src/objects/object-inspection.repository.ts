import { Injectable } from '@nestjs/common';
import { withinClasses } from '@tams/auth';
import { type Connection, Parameters } from '@tams/platform';

/** One instance of an object. */
export interface InstanceRow {
  readonly storage_id: string | null;
  readonly label: string | null;
  readonly state: 'ready' | 'copying' | 'deleting' | 'missing';
  readonly state_since: string;
  readonly created: string;
  readonly size_bytes: string | null;
  readonly sha256: string | null;
}

/** The own row of an object. */
export interface InspectedObject {
  readonly id: string;
  readonly role: 'media' | 'init' | null;
  readonly content_type: string | null;
  readonly timerange: string | null;
  readonly key_frame_count: string | null;
  readonly init_object_id: string | null;
  readonly allocated: string;
  readonly registered: string | null;
  readonly allocated_for_flow: string | null;
  readonly first_referenced_by_flow: string | null;
  readonly unreferenced_since: string | null;
  readonly collect_at: string | null;
  readonly initialises: string;
}

/** A Flow that uses an object. */
export interface UsingFlow {
  readonly id: string;
  readonly label: string | null;
  readonly format: string | null;
  /** Of the first two segments that use it. */
  readonly timeranges: readonly string[];
}

/** Objects that an initialisation object is looked for behind, at most. */
const COUNTED_OBJECTS = 1000;
/** Flows of one object that are looked at to find those the caller may read, at most. */
const EXAMINED_FLOWS = 10_000;

/** SQL of everything there is about one object. */
@Injectable()
export class ObjectInspectionRepository {
  async find(connection: Connection, objectId: string): Promise<InspectedObject | undefined> {
    const [row] = await connection.query<InspectedObject>(
      `SELECT id, role, content_type, timerange, key_frame_count, init_object_id, allocated, registered, allocated_for_flow,
              first_referenced_by_flow, unreferenced_since, collect_at,
              (SELECT count(*) FROM (SELECT 1 FROM objects m WHERE m.init_object_id = o.id LIMIT ${COUNTED_OBJECTS}) m) AS initialises
         FROM objects o WHERE id = $1`,
      [objectId],
    );
    return row;
  }

  instances(connection: Connection, objectId: string): Promise<InstanceRow[]> {
    return connection.query<InstanceRow>(
      `SELECT storage_id, label, state, state_since, created, size_bytes, sha256
         FROM object_instances WHERE object_id = $1 ORDER BY id`,
      [objectId],
    );
  }

  /**
   * Flows that use an object, in order of their ids; one index probe each, however many segments of a Flow use it.
   * @param readable classes of the Flows that may be shown; absent for all
   */
  usingFlows(
    connection: Connection,
    object: Pick<InspectedObject, 'id' | 'role'>,
    readable: readonly string[] | undefined,
    most: number,
  ): Promise<UsingFlow[]> {
    const parameters = new Parameters();
    const id = parameters.add(object.id);
    const shown = readable ? `WHERE ${withinClasses('flow', 'f.id', parameters.add(readable))}` : '';
    const uses =
      object.role === 'init'
        ? 'SELECT NULL::text AS timerange WHERE false'
        : `SELECT timerange FROM segments s WHERE s.object_id = ${id} AND s.flow_id = f.id ORDER BY s.end_ns LIMIT 2`;
    return connection.query<UsingFlow>(
      `WITH RECURSIVE ${object.role === 'init' ? initUsers(id) : mediaUsers(id)}
       SELECT f.id, f.label, f.format, ARRAY(${uses}) AS timeranges
         FROM (SELECT flow_id FROM users WHERE flow_id IS NOT NULL LIMIT ${EXAMINED_FLOWS}) u
         JOIN flows f ON f.id = u.flow_id ${shown} ORDER BY f.id LIMIT ${parameters.add(most, 'int8')}`,
      parameters.values,
    );
  }
}

/** From each Flow to the next by index. */
function mediaUsers(id: string): string {
  return `users AS (
    (SELECT flow_id FROM segments WHERE object_id = ${id} ORDER BY flow_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.flow_id FROM segments s WHERE s.object_id = ${id} AND s.flow_id > users.flow_id ORDER BY s.flow_id LIMIT 1)
      FROM users WHERE users.flow_id IS NOT NULL)`;
}

function initUsers(id: string): string {
  return `users AS (
    SELECT DISTINCT s.flow_id FROM (SELECT id FROM objects WHERE init_object_id = ${id} LIMIT ${COUNTED_OBJECTS}) m
     CROSS JOIN LATERAL (SELECT s.flow_id FROM segments s WHERE s.object_id = m.id LIMIT 10) s)`;
}
