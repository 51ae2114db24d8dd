import type { MigrationInterface, QueryRunner } from 'typeorm';

const bytesOf = (...columns: readonly string[]): string =>
  columns.map((column) => `coalesce(octet_length(${column}::text), 0)`).join(' + ');
const bytesOfIds = (...columns: readonly string[]): string =>
  columns.map((column) => `39 * coalesce(cardinality(${column}), 0)`).join(' + ');

/** What the document of a row takes as JSON, so that a page can end in time without reading what it leaves out. */
const sizes: Readonly<Record<string, string>> = {
  flows: bytesOf('document'),
  sources: bytesOf('tags', 'description'),
  profiles: bytesOf('flow_metadata', 'tags', 'description'),
  webhooks: `${bytesOf('url', 'tags', 'presentation')} + ${bytesOfIds('flow_ids', 'source_ids', 'flow_collected_by_ids', 'source_collected_by_ids')}`,
};

export class DocumentSizes1764010000000 implements MigrationInterface {
  readonly name = 'DocumentSizes1764010000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, size] of Object.entries(sizes)) {
      await queryRunner.query(
        `ALTER TABLE ${table} ADD COLUMN document_bytes int NOT NULL GENERATED ALWAYS AS (${size}) STORED`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of Object.keys(sizes)) await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN document_bytes`);
  }
}
