import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/**
 * Where an instance is in its life. Only `ready` ones are advertised; `missing` ones were found not to be on their
 * backend; the others have a job that brings them to an end.
 */
export type InstanceState = 'ready' | 'copying' | 'deleting' | 'missing';

/** One instance of an object. */
export interface StoredInstance {
  readonly id: string;
  readonly storage_id: string | null;
  readonly label: string | null;
  readonly url: string | null;
  readonly state: InstanceState;
  /** Since when it is in its state. */
  readonly state_since: string;
  /** Known once somebody saw the bytes. */
  readonly size_bytes: string | null;
  /** Hexadecimal; known when the bytes passed through this server. */
  readonly sha256: string | null;
  /** Of a copy: the classes whose backends it may be made from, because its asker may read them; null for all. */
  readonly copy_classes: readonly string[] | null;
}

/** An object with all its instances. */
export interface ObjectWithInstances {
  readonly id: string;
  readonly content_type: string | null;
  /** Whether it is registered and something uses it: only then may its instances change. */
  readonly in_use: boolean;
  readonly instances: readonly StoredInstance[];
}

/** What was found out about an instance's bytes. */
export interface KnownBytes {
  readonly sizeBytes: number;
  readonly sha256?: string | undefined;
}

/** Names a controlled instance. */
export interface InstanceKey {
  readonly objectId: string;
  readonly storageId: string;
}

/** An instance whose size nobody knows yet. */
export interface UnmeasuredInstance {
  readonly id: string;
  readonly object_id: string;
  readonly storage_id: string;
}

/** SQL of instances and what becomes of them. Whoever changes them holds the lock of their object. */
@Injectable()
export class ObjectInstanceRepository {
  /** An object with its instances. @param lock whether nobody else may change them until the transaction ends */
  async find(connection: Connection, objectId: string, lock = false): Promise<ObjectWithInstances | undefined> {
    const [object] = await connection.query<Omit<ObjectWithInstances, 'instances'>>(
      `SELECT id, content_type, role IS NOT NULL AND unreferenced_since IS NULL AND collect_at IS NULL AS in_use
         FROM objects WHERE id = $1${lock ? ' FOR NO KEY UPDATE' : ''}`,
      [objectId],
    );
    if (!object) return undefined;
    const instances = await connection.query<StoredInstance>(
      `SELECT id, storage_id, label, url, state, state_since, size_bytes, sha256, copy_classes
         FROM object_instances WHERE object_id = $1 ORDER BY id`,
      [objectId],
    );
    return { ...object, instances };
  }

  async addUncontrolled(connection: Connection, objectId: string, label: string, url: string): Promise<void> {
    await connection.query('INSERT INTO object_instances (object_id, label, url) VALUES ($1, $2, $3)', [
      objectId,
      label,
      url,
    ]);
  }

  /**
   * Begins a copy, also in the place of one whose bytes are missing or being deleted.
   * @param asked the principal who asks for it, and the classes they may read; absent for all
   */
  async beginCopy(
    connection: Connection,
    { objectId, storageId }: InstanceKey,
    asked: { readonly readable: readonly string[] | undefined; readonly asker: string | null },
  ): Promise<void> {
    await connection.query(
      `INSERT INTO object_instances (object_id, storage_id, state, copy_classes, copy_asker) VALUES ($1, $2, 'copying', $3, $4)
       ON CONFLICT (object_id, storage_id) WHERE storage_id IS NOT NULL
       DO UPDATE SET state = 'copying', state_since = excluded.state_since, size_bytes = NULL, sha256 = NULL,
                     copy_classes = excluded.copy_classes, copy_asker = excluded.copy_asker`,
      [objectId, storageId, asked.readable ?? null, asked.asker],
    );
  }

  /** How many copies of a principal are in progress; two of their requests count one after the other. */
  async copiesOf(connection: Connection, asker: string): Promise<number> {
    await connection.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`copies of ${asker}`]);
    const [row] = await connection.query<{ count: string }>(
      `SELECT count(*) FROM object_instances WHERE copy_asker = $1 AND state = 'copying'`,
      [asker],
    );
    return Number(row?.count ?? 0);
  }

  /** Advertises a copy that is complete. */
  async finishCopy(connection: Connection, { objectId, storageId }: InstanceKey, bytes: KnownBytes): Promise<void> {
    await connection.query(
      `UPDATE object_instances SET state = 'ready', state_since = now(), size_bytes = $3, sha256 = $4
        WHERE object_id = $1 AND storage_id = $2`,
      [objectId, storageId, bytes.sizeBytes, bytes.sha256 ?? null],
    );
  }

  /** From now on the instance is not advertised, and its bytes are to be freed. */
  async beginDeletion(connection: Connection, { objectId, storageId }: InstanceKey): Promise<void> {
    await connection.query(
      `UPDATE object_instances SET state = 'deleting', state_since = now() WHERE object_id = $1 AND storage_id = $2`,
      [objectId, storageId],
    );
  }

  async remove(connection: Connection, objectId: string, instanceId: string): Promise<void> {
    await connection.query('DELETE FROM object_instances WHERE object_id = $1 AND id = $2', [objectId, instanceId]);
  }

  /** Copies and deletions that have been going on for a while: their job may be lost. */
  unfinished(connection: Connection, olderThanSeconds: number, count: number): Promise<InstanceKey[]> {
    return connection.query<InstanceKey>(
      `SELECT object_id AS "objectId", storage_id AS "storageId" FROM object_instances
        WHERE state IN ('copying', 'deleting') AND state_since < now() - make_interval(secs => $1)
        ORDER BY state_since LIMIT $2`,
      [olderThanSeconds, count],
    );
  }

  /** Keeps the size of bytes that were seen, unless somebody knew it already. @returns whether nobody did */
  async recordSize(
    connection: Connection,
    { id, object_id: objectId }: Pick<UnmeasuredInstance, 'id' | 'object_id'>,
    bytes: KnownBytes,
  ): Promise<boolean> {
    const recorded = await connection.query(
      `UPDATE object_instances SET size_bytes = $3, sha256 = coalesce($4, sha256)
        WHERE object_id = $1 AND id = $2 AND size_bytes IS NULL AND state = 'ready' RETURNING id`,
      [objectId, id, bytes.sizeBytes, bytes.sha256 ?? null],
    );
    return recorded.length > 0;
  }

  /** Keeps the sizes of bytes that were seen, of those that nobody knew already. @returns how many that were */
  async recordSizes(
    connection: Connection,
    sizes: readonly { readonly id: string; readonly objectId: string; readonly sizeBytes: number }[],
  ): Promise<number> {
    const recorded = await connection.query(
      `UPDATE object_instances i SET size_bytes = n.size_bytes
         FROM unnest($1::text[], $2::int8[], $3::int8[]) AS n (object_id, id, size_bytes)
        WHERE i.object_id = n.object_id AND i.id = n.id AND i.size_bytes IS NULL AND i.state = 'ready' RETURNING i.id`,
      [sizes.map(({ objectId }) => objectId), sizes.map(({ id }) => id), sizes.map(({ sizeBytes }) => sizeBytes)],
    );
    return recorded.length;
  }

  /** Registered instances without a size whose turn it is, on these backends. */
  unmeasured(connection: Connection, storageIds: readonly string[], count: number): Promise<UnmeasuredInstance[]> {
    return connection.query<UnmeasuredInstance>(
      `SELECT i.id, i.object_id, i.storage_id
         FROM object_instances i JOIN objects o ON o.id = i.object_id
        WHERE i.size_bytes IS NULL AND i.storage_id IS NOT NULL AND i.state = 'ready' AND i.measure_after <= now()
          AND i.storage_id = ANY($1::uuid[]) AND o.role IS NOT NULL AND o.collect_at IS NULL
        ORDER BY i.measure_after LIMIT $2`,
      [storageIds, count],
    );
  }

  /** Looks at instances again later. */
  async postponeMeasuring(
    connection: Connection,
    instances: readonly Pick<UnmeasuredInstance, 'id' | 'object_id'>[],
    seconds: number,
  ): Promise<void> {
    await connection.query(
      `UPDATE object_instances SET measure_after = now() + make_interval(secs => $3)
        WHERE object_id = ANY($1::text[]) AND id = ANY($2::int8[])`,
      [instances.map((instance) => instance.object_id), instances.map(({ id }) => id), seconds],
    );
  }

  /** Whether objects are left that were there before their own row said where they are. */
  async awaitsSoleInstances(connection: Connection): Promise<boolean> {
    const rows = await connection.query(`SELECT 1 FROM backfills WHERE name = 'sole-instances' AND finished IS NULL`);
    return rows.length > 0;
  }

  /**
   * Writes onto the next such objects where they are, within a transaction that keeps the place of the next.
   * @returns whether more may be left
   */
  async noteSoleInstances(connection: Connection, count: number): Promise<boolean> {
    const [place] = await connection.query<{ position: string }>(
      `SELECT position FROM backfills WHERE name = 'sole-instances' AND finished IS NULL FOR UPDATE`,
    );
    if (!place) return false;
    const objects = await connection.query<{ id: string }>(
      'SELECT id FROM objects WHERE id > $1 ORDER BY id LIMIT $2::int8',
      [place.position, count],
    );
    const ids = objects.map(({ id }) => id);
    if (ids.length > 0) await connection.query('SELECT note_sole_instances($1::text[])', [ids]);
    await connection.query(
      `UPDATE backfills SET position = $1, finished = CASE WHEN $2 THEN clock_timestamp() END WHERE name = 'sole-instances'`,
      [ids.at(-1) ?? place.position, ids.length < count],
    );
    return ids.length === count;
  }
}
