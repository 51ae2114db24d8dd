import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Configuration, type Connection, Database } from '@tams/platform';

const SWEEP_EVERY_MS = 3_600_000;
/** Rows deleted by one statement. */
const BATCH = 5000;

/** What one sweep removed. */
export interface Swept {
  readonly deliveries: number;
  /** Those of `deliveries` that had still been owed. */
  readonly undelivered: number;
  readonly events: number;
}

/** Removes events, and what became of them, once they are older than `WEBHOOK_RETENTION_HOURS`. Any replica may, at any time. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Webhooks');
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly configuration: Configuration,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().catch((error: unknown) => {
        this.logger.error({ err: error }, 'Old events could not be removed; trying again in an hour');
      });
    }, SWEEP_EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  async sweep(): Promise<Swept> {
    const cutoff = await this.cutoff();
    let [deliveries, undelivered, events] = [0, 0, 0];
    for (const webhookId of await this.webhookIds()) {
      const removed = await this.repeat(() => deleteDeliveries(this.database, webhookId, cutoff));
      deliveries += removed.deleted;
      undelivered += removed.waiting;
    }
    events += (await this.repeat(() => deleteEvents(this.database, cutoff))).deleted;
    if (undelivered > 0) {
      this.logger.warn({ undelivered }, 'Events that webhooks never took were removed because of their age');
    }
    return { deliveries, undelivered, events };
  }

  private async repeat(work: () => Promise<Deleted>): Promise<Deleted> {
    let [deleted, waiting] = [0, 0];
    for (;;) {
      const batch = await work();
      deleted += batch.deleted;
      waiting += batch.waiting;
      if (batch.deleted < BATCH || this.stopped) return { deleted, waiting };
    }
  }

  /** Events are numbered in time: everything up to this number is too old. */
  private async cutoff(): Promise<string> {
    const rows = await this.database.query<{ cutoff: string | null }>(
      `SELECT coalesce((SELECT sequence FROM outbox_events
                         WHERE occurred >= clock_timestamp() - $1 * interval '1 hour' ORDER BY sequence LIMIT 1) - 1,
                       (SELECT max(sequence) FROM outbox_events)) AS cutoff`,
      [this.configuration.webhooks.retentionHours],
    );
    return rows[0]?.cutoff ?? '0';
  }

  /** Every webhook that has deliveries, deleted ones too, found by one index probe each. */
  private async webhookIds(): Promise<string[]> {
    const rows = await this.database.query<{ webhook_id: string }>(
      `WITH RECURSIVE ids AS (
         (SELECT webhook_id FROM webhook_deliveries ORDER BY webhook_id LIMIT 1)
         UNION ALL
         SELECT (SELECT d.webhook_id FROM webhook_deliveries d WHERE d.webhook_id > ids.webhook_id ORDER BY d.webhook_id LIMIT 1)
           FROM ids WHERE ids.webhook_id IS NOT NULL)
       SELECT webhook_id FROM ids WHERE webhook_id IS NOT NULL`,
    );
    return rows.map((row) => row.webhook_id);
  }
}

interface Deleted {
  readonly deleted: number;
  readonly waiting: number;
}

async function deleteDeliveries(connection: Connection, webhookId: string, cutoff: string): Promise<Deleted> {
  const rows = await connection.query<{ deleted: string; waiting: string }>(
    `WITH webhook AS (SELECT id FROM webhooks WHERE id = $1),
     gone AS (
       DELETE FROM webhook_deliveries d
        WHERE d.webhook_id = $1
          AND d.sequence IN (SELECT sequence FROM webhook_deliveries
                              WHERE webhook_id = $1 AND (sequence <= $2 OR NOT EXISTS (SELECT 1 FROM webhook))
                              ORDER BY sequence LIMIT ${BATCH})
       RETURNING d.state = 'waiting' AND EXISTS (SELECT 1 FROM webhook) AS was_waiting)
     SELECT count(*) AS deleted, count(*) FILTER (WHERE was_waiting) AS waiting FROM gone`,
    [webhookId, cutoff],
  );
  return { deleted: Number(rows[0]?.deleted ?? 0), waiting: Number(rows[0]?.waiting ?? 0) };
}

async function deleteEvents(connection: Connection, cutoff: string): Promise<Deleted> {
  const rows = await connection.query<{ deleted: string }>(
    `WITH gone AS (
       DELETE FROM outbox_events
        WHERE sequence IN (SELECT sequence FROM outbox_events WHERE sequence <= $1 ORDER BY sequence LIMIT ${BATCH})
       RETURNING 1)
     SELECT count(*) AS deleted FROM gone`,
    [cutoff],
  );
  return { deleted: Number(rows[0]?.deleted ?? 0), waiting: 0 };
}
