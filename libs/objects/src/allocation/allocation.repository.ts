import { type Connection, prepared } from '@tams/platform';

/** Objects to be allocated on one backend. */
export interface NewObjects {
  readonly objectIds: readonly string[];
  readonly flowId: string;
  readonly contentType: string;
  readonly storageId: string;
}

/**
 * Adds objects that nothing is known of but for whom and where they are allocated.
 * @returns the identifiers that were free; the others are in use, and the caller must roll back
 */
export async function insertAllocatedObjects(
  connection: Connection,
  objects: NewObjects,
): Promise<ReadonlySet<string>> {
  // Sorted, so that two requests for the same identifiers wait for each other instead of deadlocking.
  const rows = await connection.query<{ object_id: string }>(
    prepared(`WITH allocated AS (
       INSERT INTO objects (id, allocated_for_flow, content_type, sole_storage_id)
       SELECT id, $2::uuid, $3::text, $4::uuid FROM unnest($1::text[]) AS id ORDER BY id
       ON CONFLICT (id) DO NOTHING
       RETURNING id
     )
     INSERT INTO object_instances (object_id, storage_id)
     SELECT id, $4::uuid FROM allocated
     RETURNING object_id`),
    [objects.objectIds, objects.flowId, objects.contentType, objects.storageId],
  );
  return new Set(rows.map((row) => row.object_id));
}
