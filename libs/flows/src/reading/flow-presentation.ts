import type { FlowRow } from '../flow.repository';
import type { Flow } from '../flow.schema';

/** A row as clients read it. */
export function present(row: FlowRow): Flow {
  return {
    id: row.id,
    source_id: row.source_id,
    ...row.document,
    metadata_version: row.metadata_version,
    ...(row.created_by !== null && { created_by: row.created_by }),
    ...(row.updated_by !== null && { updated_by: row.updated_by }),
    created: row.created,
    metadata_updated: row.metadata_updated,
    ...(row.segments_updated !== null && { segments_updated: row.segments_updated }),
    ...(row.flow_collection && { flow_collection: row.flow_collection }),
    ...(row.collected_by && { collected_by: row.collected_by }),
  };
}
