import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a Flow says of itself, as Profiles could once say it too, with the JSON type it must have. */
const flowFields: Readonly<Record<string, 'string' | 'number' | 'object'>> = {
  label: 'string',
  description: 'string',
  tags: 'object',
  generation: 'number',
  status: 'string',
  max_bit_rate: 'number',
};
/** Kept in columns, or decided by the server: never part of a document. */
const serverFields = [
  'id',
  'source_id',
  'flow_collection',
  'metadata_version',
  'created_by',
  'updated_by',
  'created',
  'metadata_updated',
  'segments_updated',
  'timerange',
  'collected_by',
];

const list = (names: readonly string[]): string => `ARRAY[${names.map((name) => `'${name}'`).join(', ')}]`;
const profileFields = list([...Object.keys(flowFields), ...serverFields, 'read_only', 'profile_id']);

/**
 * Profiles could once hold any field of a Flow, unchecked, and gave it to their Flows. They lose what is not technical
 * metadata; Flows lose what the server decides, and what has a type that no client could have given it.
 */
const statements = [
  `UPDATE profiles SET flow_metadata = flow_metadata - ${profileFields} WHERE flow_metadata ?| ${profileFields}`,
  `UPDATE flows SET document = document - ${list(serverFields)} WHERE document ?| ${list(serverFields)}`,
  ...Object.entries(flowFields).map(
    ([field, type]) =>
      `UPDATE flows SET document = document - '${field}'
        WHERE profile_id IS NOT NULL AND jsonb_typeof(document -> '${field}') <> '${type}'`,
  ),
];

export class ProfileFields1764000000000 implements MigrationInterface {
  readonly name = 'ProfileFields1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  /** What was taken away is not kept anywhere, and nothing relied on it. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
