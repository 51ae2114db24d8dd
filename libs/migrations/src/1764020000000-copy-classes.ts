import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A copy is made later than it is asked for: what its asker may read is kept with it; null for everything. */
export class CopyClasses1764020000000 implements MigrationInterface {
  readonly name = 'CopyClasses1764020000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE object_instances ADD COLUMN copy_classes text[]');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE object_instances DROP COLUMN copy_classes');
  }
}
