import { Client } from 'pg';

/** How often events are written, in milliseconds. */
const EVERY_MS = 20;

/** Writes events into the outbox at a steady pace, as other replicas of the server would. */
export class EventSource {
  private constructor(
    private readonly database: Client,
    /** `event` of the message, as JSON. */
    private readonly content: string,
  ) {}

  static async connect(databaseUrl: string, content: object): Promise<EventSource> {
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    return new EventSource(database, JSON.stringify(content));
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

  /** Forgets all events, so that every round begins with empty tables. */
  async clear(): Promise<void> {
    await this.database.query('TRUNCATE webhook_deliveries, outbox_events');
  }

  async close(): Promise<void> {
    await this.database.end();
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
