import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events are written for streams too, while there are any and for some time after. */
const statements = [
  // One row: until when somebody wants events. "epoch" counts the times in which none were written without a break.
  `CREATE TABLE event_stream_demand (
     singleton    boolean PRIMARY KEY DEFAULT true CHECK (singleton),
     epoch        int8 NOT NULL,
     began        timestamptz NOT NULL,
     wanted_until timestamptz NOT NULL
   )`,
  `INSERT INTO event_stream_demand (epoch, began, wanted_until) VALUES (0, 'epoch', 'epoch')`,
  // Streams judge their filters when they read; these collections were so when it happened. Null: no stream wanted it.
  'ALTER TABLE outbox_events ADD COLUMN flow_collected_by uuid[], ADD COLUMN source_collected_by uuid[]',
];

export class EventStream1764470000000 implements MigrationInterface {
  readonly name = 'EventStream1764470000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE event_stream_demand');
    await queryRunner.query('ALTER TABLE outbox_events DROP COLUMN flow_collected_by, DROP COLUMN source_collected_by');
  }
}
