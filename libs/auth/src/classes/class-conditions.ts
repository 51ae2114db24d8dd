import type { Connection } from '@tams/platform';
import { AUTH_CLASSES } from './class-rights';

const tagTables = {
  flow: { table: 'flow_tags', owner: 'flow_id' },
  source: { table: 'source_tags', owner: 'source_id' },
} as const;

/**
 * SQL: whether a Flow or Source has one of some classes; one index probe by its id.
 * @param id expression of its id, for example `f.id`
 * @param place parameter that holds the classes, a `text[]`, for example `$2`
 */
export function withinClasses(kind: keyof typeof tagTables, id: string, place: string): string {
  const { table, owner } = tagTables[kind];
  return `EXISTS (SELECT 1 FROM ${table} c WHERE c.${owner} = ${id} AND c.name = '${AUTH_CLASSES}' AND c.value = ANY(${place}::text[]))`;
}

/** Which of these Flows or Sources have one of some classes; those that do not exist have none. */
export async function idsWithinClasses(
  connection: Connection,
  kind: keyof typeof tagTables,
  ids: readonly string[],
  classes: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await connection.query<{ id: string }>(
    `SELECT id FROM unnest($1::uuid[]) AS n (id) WHERE ${withinClasses(kind, 'n.id', '$2')}`,
    [ids, classes],
  );
  return new Set(rows.map(({ id }) => id));
}
