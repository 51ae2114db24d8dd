import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = ['flow_ids', 'source_ids', 'flow_collected_by_ids', 'source_collected_by_ids'];

/** What keeps a volume of events, and one principal, from slowing down everybody. */
const statements = [
  // The ids webhooks filter by, one a row: each change asks which webhooks name a Flow, and lists of 10,000 ids take long to
  // compare. A list is kept in the webhook's own row too, as clients read it; an empty list has no row here.
  `CREATE TABLE webhook_filters (
     webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
     kind       text NOT NULL,
     member_id  uuid NOT NULL,
     PRIMARY KEY (webhook_id, kind, member_id)
   )`,
  'CREATE INDEX webhook_filters_member ON webhook_filters (kind, member_id, webhook_id)',
  // filters_revision: the revision these rows were written at. A server of an older version changes a webhook without them:
  // then the lists in its own row count. owner: the principal who made it, for their share.
  'ALTER TABLE webhooks ADD COLUMN filters_revision int8, ADD COLUMN owner text',
  ...kinds.map(
    (kind) => `INSERT INTO webhook_filters (webhook_id, kind, member_id)
       SELECT DISTINCT id, '${kind}', unnest(${kind}) FROM webhooks WHERE ${kind} IS NOT NULL`,
  ),
  'UPDATE webhooks SET filters_revision = revision',
  'CREATE INDEX webhooks_owner ON webhooks (owner)',
  // Who asked for a copy, for their share of those in progress.
  'ALTER TABLE object_instances ADD COLUMN copy_asker text',
  `CREATE INDEX object_instances_copying ON object_instances (copy_asker) WHERE state = 'copying'`,
];

export class EventVolume1764600000000 implements MigrationInterface {
  readonly name = 'EventVolume1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE object_instances DROP COLUMN copy_asker');
    await queryRunner.query('DROP TABLE webhook_filters');
    await queryRunner.query('ALTER TABLE webhooks DROP COLUMN filters_revision, DROP COLUMN owner');
  }
}
