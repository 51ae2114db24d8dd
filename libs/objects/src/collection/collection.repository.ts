import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/** After how long objects are collected, in seconds. */
export interface CollectionAges {
  /** After allocation, when never registered; no object goes earlier than that, since its upload URLs may still be valid. */
  readonly unregistered: number;
  /** After the last reference went away. */
  readonly unreferenced: number;
}

/** An object that was claimed, locked while its bytes are removed. */
export interface ClaimedObject {
  readonly id: string;
  /** Storage backends that hold, or may hold, its bytes. */
  readonly storage_ids: readonly string[];
  readonly init_object_id: string | null;
  /** Whether it was ever registered; if not, it was allocated for nothing. */
  readonly registered: boolean;
}

/** How long an object waits after its bytes could not be removed. */
const RETRY_SECONDS = 60;

/** A copy still being written is finished or given up first: it could outlive the object and its identifier. */
const WITHOUT_REFERENCES = `NOT EXISTS (SELECT 1 FROM segments s WHERE s.object_id = o.id)
  AND NOT EXISTS (SELECT 1 FROM objects m WHERE m.init_object_id = o.id)
  AND NOT EXISTS (SELECT 1 FROM object_instances i WHERE i.object_id = o.id AND i.state IN ('copying', 'deleting'))`;

/** SQL of the end of an object's life. */
@Injectable()
export class CollectionRepository {
  /** Keeps others from registering, uploading or collecting these objects until the transaction ends. */
  async lock(connection: Connection, objectIds: readonly string[]): Promise<void> {
    await connection.query('SELECT 1 FROM objects WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE', [
      objectIds,
    ]);
  }

  /** Marks those of the locked media objects that no segment uses. */
  async markUnreferencedMedia(connection: Connection, objectIds: readonly string[]): Promise<void> {
    await connection.query(
      `UPDATE objects o SET unreferenced_since = statement_timestamp()
        WHERE o.id = ANY($1::text[]) AND o.unreferenced_since IS NULL
          AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.object_id = o.id)`,
      [objectIds],
    );
  }

  /** Marks those of the locked initialisation objects that no media object names. */
  async markUnreferencedInits(connection: Connection, objectIds: readonly string[]): Promise<void> {
    await connection.query(
      `UPDATE objects o SET unreferenced_since = statement_timestamp()
        WHERE o.id = ANY($1::text[]) AND o.role = 'init' AND o.unreferenced_since IS NULL
          AND NOT EXISTS (SELECT 1 FROM objects m WHERE m.init_object_id = o.id)`,
      [objectIds],
    );
  }

  /** Locks objects whose time is over, leaving out those somebody else is just working on. */
  async lockDue(connection: Connection, ages: CollectionAges, count: number): Promise<string[]> {
    const rows = await connection.query<{ id: string }>(
      `WITH unregistered AS (
         SELECT id FROM objects
          WHERE role IS NULL AND collect_at IS NULL AND allocated < now() - make_interval(secs => $1)
          ORDER BY allocated LIMIT $3 FOR UPDATE SKIP LOCKED),
       unreferenced AS (
         SELECT id FROM objects
          WHERE unreferenced_since < now() - make_interval(secs => $2) AND collect_at IS NULL
            AND allocated < now() - make_interval(secs => $1)
          ORDER BY unreferenced_since LIMIT $3 FOR UPDATE SKIP LOCKED)
       SELECT id FROM unregistered UNION ALL SELECT id FROM unreferenced`,
      [ages.unregistered, ages.unreferenced, count],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Claims those of the locked objects that have no reference: from then on nothing uses or uploads them.
   * @returns how many
   */
  async claim(connection: Connection, objectIds: readonly string[]): Promise<number> {
    const claimed = await connection.query(
      `UPDATE objects o SET collect_at = statement_timestamp() WHERE o.id = ANY($1::text[]) AND ${WITHOUT_REFERENCES}
       RETURNING o.id`,
      [objectIds],
    );
    return claimed.length;
  }

  /**
   * Locks claimed objects whose turn it is.
   * @param without storage backends that cannot be reached just now
   */
  lockClaimed(connection: Connection, without: readonly string[], count: number): Promise<ClaimedObject[]> {
    return connection.query<ClaimedObject>(
      `SELECT o.id, o.init_object_id, o.role IS NOT NULL AS registered,
              ARRAY(SELECT i.storage_id FROM object_instances i WHERE i.object_id = o.id AND i.storage_id IS NOT NULL)
                AS storage_ids
         FROM objects o
        WHERE o.collect_at <= now()
          AND NOT EXISTS (SELECT 1 FROM object_instances i WHERE i.object_id = o.id AND i.storage_id = ANY($1::uuid[]))
        ORDER BY o.collect_at LIMIT $2 FOR UPDATE OF o SKIP LOCKED`,
      [without, count],
    );
  }

  /** Lets claimed objects wait whose bytes could not be removed. */
  async postpone(connection: Connection, objectIds: readonly string[]): Promise<void> {
    await connection.query(
      'UPDATE objects SET collect_at = statement_timestamp() + make_interval(secs => $2) WHERE id = ANY($1::text[])',
      [objectIds, RETRY_SECONDS],
    );
  }

  /** Forgets claimed objects whose bytes are gone. */
  async remove(connection: Connection, objectIds: readonly string[]): Promise<void> {
    await connection.query('DELETE FROM objects WHERE id = ANY($1::text[]) AND collect_at IS NOT NULL', [objectIds]);
  }
}
