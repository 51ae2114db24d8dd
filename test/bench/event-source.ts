import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** How often events are written, in milliseconds. */
const EVERY_MS = 20;

/** Deliveries of the past in the tables: PostgreSQL plans for the tables of a server that has run, not for empty ones. */
const PAST_DELIVERIES = 50_000;

/** Writes events into the outbox at a steady pace, as other replicas of the server would. */
export class EventSource {
  private readonly pastWebhookId = randomUUID();
  private lastPast = '0';

  private constructor(
    private readonly database: Client,
    /** `event` of the message, as JSON. */
    private readonly content: string,
  ) {}

  static async connect(databaseUrl: string, content: object): Promise<EventSource> {
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    const source = new EventSource(database, JSON.stringify(content));
    await source.fillHistory();
    return source;
  }

  /** @returns how many events it wrote in these seconds */
  async run(webhookId: string, perSecond: number, seconds: number): Promise<number> {
    const started = performance.now();
    let written = 0;
    while (written < perSecond * seconds) {
      const due = Math.min(perSecond * seconds, Math.ceil(((performance.now() - started) / 1000) * perSecond));
      if (due > written) await this.write(webhookId, due - written);
      written = Math.max(written, due);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return written;
  }

  /** Forgets the events of the round before, so that every round begins with the same tables. */
  async clear(): Promise<void> {
    await this.database.query('DELETE FROM webhook_deliveries WHERE webhook_id <> $1', [this.pastWebhookId]);
    await this.database.query('DELETE FROM outbox_events WHERE sequence > $1', [this.lastPast]);
    await this.tidy();
  }

  async close(): Promise<void> {
    await this.database.end();
  }

  private async fillHistory(): Promise<void> {
    await this.write(this.pastWebhookId, PAST_DELIVERIES);
    await this.database.query(
      `UPDATE webhook_deliveries
          SET state = 'delivered', delivered = now(), attempts = 1, history = '[{"duration_ms": 1, "status_code": 204}]'`,
    );
    const past = await this.database.query<{ last: string }>('SELECT max(sequence) AS last FROM outbox_events');
    this.lastPast = past.rows[0]?.last ?? '0';
    await this.tidy();
  }

  /** What autovacuum does in the end. */
  private async tidy(): Promise<void> {
    await this.database.query('VACUUM ANALYZE webhook_deliveries, outbox_events');
  }

  private async write(webhookId: string, count: number): Promise<void> {
    await this.database.query({
      name: 'events',
      text: `WITH events AS (
               INSERT INTO outbox_events (type, flow_id, source_id, content, correlation_id)
               SELECT 'flows/updated', gen_random_uuid(), gen_random_uuid(), $1, gen_random_uuid()::text
                 FROM generate_series(1, $2::int) RETURNING sequence)
             INSERT INTO webhook_deliveries (webhook_id, sequence) SELECT $3, sequence FROM events`,
      values: [this.content, count, webhookId],
    });
  }
}
