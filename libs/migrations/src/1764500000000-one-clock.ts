import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is new was created and updated at one moment: `clock_timestamp()` reads the clock for each column, and so told of a change
 * a microsecond after the creation.
 */
const columns = [
  ['sources', 'created'],
  ['sources', 'updated'],
  ['flows', 'created'],
  ['flows', 'metadata_updated'],
  ['flow_delete_requests', 'created'],
  ['flow_delete_requests', 'updated'],
  ['webhooks', 'created'],
  ['webhooks', 'updated'],
] as const;

export class OneClock1764500000000 implements MigrationInterface {
  readonly name = 'OneClock1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column] of columns)
      await runner.query(`ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT statement_timestamp()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of columns)
      await runner.query(`ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT clock_timestamp()`);
  }
}
