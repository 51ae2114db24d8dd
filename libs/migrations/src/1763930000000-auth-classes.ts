import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Authorisation by the `auth_classes` tag: what must be known when an event, or the end of a Flow, is told of later. */
const statements = [
  // What the owner of a webhook may read; null while that was not recorded.
  'ALTER TABLE webhooks ADD COLUMN reach_all boolean NOT NULL DEFAULT false, ADD COLUMN reach text[]',
  // The classes of what an event is about, when it happened; null when classes were off.
  'ALTER TABLE outbox_events ADD COLUMN classes text[]',
  // The classes of the Flow when its deletion was asked for: the request outlives it.
  `ALTER TABLE flow_delete_requests ADD COLUMN classes text[] NOT NULL DEFAULT '{}'`,
];

export class AuthClasses1763930000000 implements MigrationInterface {
  readonly name = 'AuthClasses1763930000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE webhooks DROP COLUMN reach_all, DROP COLUMN reach');
    await queryRunner.query('ALTER TABLE outbox_events DROP COLUMN classes');
    await queryRunner.query('ALTER TABLE flow_delete_requests DROP COLUMN classes');
  }
}
