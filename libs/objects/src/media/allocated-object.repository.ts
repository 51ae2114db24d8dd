import type { Connection } from '@tams/platform';

/** What uploading needs to know about an object allocated on a backend. */
export interface AllocatedObject {
  /** Set once a segment uses the object, or it is an initialisation segment. */
  readonly role: 'media' | 'init' | null;
  readonly content_type: string | null;
  /** What is known of the bytes that were uploaded here; null before. */
  readonly size_bytes: string | null;
  readonly sha256: string | null;
}

/**
 * An object that was allocated on this backend; `undefined` when it was not, or is being collected: whoever holds the lock
 * may therefore bring its bytes into being.
 * @param lock whether nobody may register or delete it until the transaction ends
 */
export async function findAllocatedObject(
  connection: Connection,
  objectId: string,
  storageId: string,
  lock: boolean,
): Promise<AllocatedObject | undefined> {
  const [object] = await connection.query<AllocatedObject>(
    `SELECT o.role, o.content_type, i.size_bytes, i.sha256
       FROM objects o JOIN object_instances i ON i.object_id = o.id
      WHERE o.id = $1 AND i.storage_id = $2 AND i.state IN ('ready', 'missing') AND o.collect_at IS NULL${lock ? ' FOR NO KEY UPDATE OF o' : ''}`,
    [objectId, storageId],
  );
  return object;
}

/** Keeps what is known of an object's bytes on a backend, now that they are there. */
export async function recordBytes(
  connection: Connection,
  objectId: string,
  storageId: string,
  { sizeBytes, sha256 }: { readonly sizeBytes: number; readonly sha256: string },
): Promise<void> {
  await connection.query(
    `UPDATE object_instances SET size_bytes = $3, sha256 = $4, state = 'ready', state_since = now()
      WHERE object_id = $1 AND storage_id = $2`,
    [objectId, storageId, sizeBytes, sha256],
  );
}
