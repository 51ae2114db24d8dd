import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What else an event's cause said about its trace, beside `traceparent`. */
export class TraceContext1764610000000 implements MigrationInterface {
  readonly name = 'TraceContext1764610000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Headers by name, such as tracestate, baggage or those of B3; null, as a rule, where traceparent says everything.
    await queryRunner.query('ALTER TABLE outbox_events ADD COLUMN trace_context json');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE outbox_events DROP COLUMN trace_context');
  }
}
