/** What a Flow says of itself (schemas/flow-common.json), whatever its format; a Profile may say none of it. */
export const flowCommonFields = [
  'id',
  'source_id',
  'label',
  'description',
  'created_by',
  'updated_by',
  'tags',
  'metadata_version',
  'generation',
  'status',
  'read_only',
  'max_bit_rate',
  'flow_collection',
  'profile_id',
] as const;
export type FlowCommonField = (typeof flowCommonFields)[number];

/** What the server alone decides of a Flow, ignored in a PUT so that a Flow read from elsewhere can be written as it is. */
export const serverFields = ['created', 'metadata_updated', 'segments_updated', 'timerange', 'collected_by'] as const;

const apartFromTechnical: ReadonlySet<string> = new Set([...flowCommonFields, ...serverFields]);

/** Whether a field belongs to a Flow itself, or to the server, and so never to its technical metadata. */
export function isFlowOwned(field: string): boolean {
  return apartFromTechnical.has(field);
}
