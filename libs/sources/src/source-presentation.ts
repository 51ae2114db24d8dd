import type { SourceRow } from './source.repository';
import type { Source } from './source.schema';

/** A row as clients read it. */
export function present(row: SourceRow): Source {
  return {
    id: row.id,
    format: row.format,
    ...(row.label !== null && { label: row.label }),
    ...(row.description !== null && { description: row.description }),
    ...(row.created_by !== null && { created_by: row.created_by }),
    ...(row.updated_by !== null && { updated_by: row.updated_by }),
    created: row.created,
    updated: row.updated,
    ...(row.tags !== null && { tags: row.tags }),
    ...(row.source_collection && { source_collection: row.source_collection }),
    ...(row.collected_by && { collected_by: row.collected_by }),
  };
}
