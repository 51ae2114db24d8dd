import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks, and the outbox of events owed to them (ADR 0020). */
const statements = [
  // "presentation" is how a webhook wants its segments shown; "revision" counts changes by clients.
  `CREATE TABLE webhooks (
     id                      uuid PRIMARY KEY,
     url                     text NOT NULL,
     api_key_name            text,
     api_key_value           text,
     events                  text[] NOT NULL,
     flow_ids                uuid[],
     source_ids              uuid[],
     flow_collected_by_ids   uuid[],
     source_collected_by_ids uuid[],
     presentation            jsonb NOT NULL,
     tags                    jsonb,
     status                  text NOT NULL CHECK (status IN ('created', 'started', 'disabled', 'error')),
     error                   jsonb,
     revision                int8 NOT NULL DEFAULT 1,
     created                 timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated                 timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  `CREATE TABLE webhook_tags (
     webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
     name       text NOT NULL,
     value      text
   )`,
  'CREATE INDEX webhook_tags_webhook ON webhook_tags (webhook_id)',

  // What delivery keeps of a webhook, apart from it: these rows change all the time. "holder" is the process that delivers.
  `CREATE TABLE webhook_queues (
     webhook_id    uuid PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
     holder        uuid,
     held_until    timestamptz,
     next_attempt  timestamptz,
     failures      int NOT NULL DEFAULT 0,
     failing_since timestamptz,
     served        timestamptz
   )`,

  // What happened. "content" is the JSON of "event" in the message, kept as text because it is only passed on.
  `CREATE TABLE outbox_events (
     sequence       int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id             uuid NOT NULL DEFAULT gen_random_uuid(),
     type           text NOT NULL,
     occurred       timestamptz NOT NULL DEFAULT clock_timestamp(),
     flow_id        uuid,
     source_id      uuid NOT NULL,
     content        text NOT NULL,
     content_bytes  int NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
     base_url       text,
     correlation_id text NOT NULL,
     traceparent    text
   )`,
  'CREATE UNIQUE INDEX outbox_events_id ON outbox_events (id)',

  // Which webhooks an event is owed to, and how telling them went. No foreign keys: each would make every event lock its
  // webhooks' rows. What a deleted webhook leaves behind, the retention sweeps away.
  `CREATE TABLE webhook_deliveries (
     webhook_id uuid NOT NULL,
     sequence   int8 NOT NULL,
     state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'abandoned')),
     attempts   int NOT NULL DEFAULT 0,
     history    jsonb NOT NULL DEFAULT '[]',
     delivered  timestamptz,
     PRIMARY KEY (webhook_id, sequence)
   )`,
  `CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, sequence) WHERE state = 'waiting'`,
];

export class Webhooks1763910000000 implements MigrationInterface {
  readonly name = 'Webhooks1763910000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhook_deliveries, outbox_events, webhook_queues, webhook_tags, webhooks');
  }
}
