import { Injectable } from '@nestjs/common';
import { withinClasses } from '@tams/auth';
import type { Connection } from '@tams/platform';
import type { FlowCollectionItem } from './flow-collection.schema';

/** What one Flow collects, seen on the level of Sources. */
export interface CollectedSource {
  /** The Flow that collects. */
  readonly collection_id: string;
  /** Source of the collected Flow. */
  readonly source_id: string;
  readonly role: string | null;
}

/** SQL of Flow Collections. */
@Injectable()
export class FlowCollectionRepository {
  /**
   * Which of these Flows do not exist; those that do stay until the transaction ends.
   * @param known classes of the Flows that exist for the caller; absent for all
   */
  async missing(connection: Connection, flowIds: readonly string[], known?: readonly string[]): Promise<string[]> {
    const visible = known ? ` AND ${withinClasses('flow', 'f.id', '$2')}` : '';
    const rows = await connection.query<{ id: string }>(
      `SELECT id FROM flows f WHERE id = ANY($1::uuid[])${visible} ORDER BY id FOR KEY SHARE OF f`,
      known ? [flowIds, known] : [flowIds],
    );
    const found = new Set(rows.map((row) => row.id));
    return flowIds.filter((id) => !found.has(id));
  }

  /** What a Flow collects outside these classes, in order; positions begin with 1. */
  async hiddenItems(
    connection: Connection,
    collectionId: string,
    readable: readonly string[],
  ): Promise<{ position: number; item: FlowCollectionItem }[]> {
    return connection.query(
      `SELECT i.position, i.item FROM flow_collection_items i
        WHERE i.collection_id = $1 AND NOT ${withinClasses('flow', 'i.flow_id', '$2')} ORDER BY i.position`,
      [collectionId, readable],
    );
  }

  /** Sources whose collections may change when a Flow collects these instead: its own, and those of members old and new. */
  async sourcesTouched(
    connection: Connection,
    collectionId: string,
    items: readonly FlowCollectionItem[],
  ): Promise<string[]> {
    const rows = await connection.query<{ source_id: string }>(
      `WITH members AS (
         SELECT unnest($2::uuid[]) AS flow_id
         UNION SELECT flow_id FROM flow_collection_items WHERE collection_id = $1)
       SELECT DISTINCT f.source_id FROM flows f
        WHERE f.id IN (SELECT flow_id FROM members) OR (f.id = $1 AND EXISTS (SELECT 1 FROM members))`,
      [collectionId, items.map((item) => item.id)],
    );
    return rows.map((row) => row.source_id);
  }

  /** The other Flows that collect a Flow. */
  collecting(connection: Connection, flowId: string): Promise<{ id: string; source_id: string }[]> {
    return connection.query(
      `SELECT DISTINCT f.id, f.source_id
         FROM flow_collection_items i JOIN flows f ON f.id = i.collection_id
        WHERE i.flow_id = $1 AND f.id <> $1 ORDER BY f.id`,
      [flowId],
    );
  }

  /** Sources whose collections may change when a Flow goes: of what it collects, of what collects it, and its own. */
  async sourcesAround(connection: Connection, flowId: string): Promise<string[]> {
    const rows = await connection.query<{ source_id: string }>(
      `WITH around AS (
         SELECT collection_id AS flow_id FROM flow_collection_items WHERE flow_id = $1
         UNION SELECT flow_id FROM flow_collection_items WHERE collection_id = $1)
       SELECT DISTINCT f.source_id FROM flows f
        WHERE f.id IN (SELECT flow_id FROM around) OR (f.id = $1 AND EXISTS (SELECT 1 FROM around))`,
      [flowId],
    );
    return rows.map((row) => row.source_id);
  }

  /** Replaces what a Flow collects; an empty list unsets it. */
  async replace(connection: Connection, collectionId: string, items: readonly FlowCollectionItem[]): Promise<void> {
    await connection.query('DELETE FROM flow_collection_items WHERE collection_id = $1', [collectionId]);
    if (items.length === 0) return;
    await connection.query(
      `INSERT INTO flow_collection_items (collection_id, position, flow_id, item)
       SELECT $1, position, (item ->> 'id')::uuid, item
         FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS elements (item, position)`,
      [collectionId, JSON.stringify(items)],
    );
  }

  /** What every Flow of a Source collects, in order. */
  collectedBySource(connection: Connection, sourceId: string): Promise<CollectedSource[]> {
    return connection.query<CollectedSource>(
      `SELECT i.collection_id, member.source_id, i.item ->> 'role' AS role
         FROM flows f
         JOIN flow_collection_items i ON i.collection_id = f.id
         JOIN flows member ON member.id = i.flow_id
        WHERE f.source_id = $1
        ORDER BY i.collection_id, i.position`,
      [sourceId],
    );
  }
}
