import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/** Rows deleted by one statement. */
export const RETENTION_BATCH = 5000;

/** What one statement removed. */
export interface Removed {
  readonly removed: number;
  /** Those of `removed` that had still been owed to a webhook. */
  readonly undelivered: number;
}

/** What is too old, and how it goes: tables `outbox_events` and `webhook_deliveries`. */
@Injectable()
export class EventRetentionRepository {
  /** The last event older than `hours`. Events are numbered in time: everything up to this number is too old. */
  async lastExpired(connection: Connection, hours: number): Promise<string> {
    const rows = await connection.query<{ cutoff: string | null }>(
      `SELECT coalesce((SELECT sequence FROM outbox_events
                         WHERE occurred >= clock_timestamp() - $1 * interval '1 hour' ORDER BY sequence LIMIT 1) - 1,
                       (SELECT max(sequence) FROM outbox_events)) AS cutoff`,
      [hours],
    );
    return rows[0]?.cutoff ?? '0';
  }

  /** Every webhook that has deliveries, deleted ones too, found by one index probe each. */
  async webhookIds(connection: Connection): Promise<string[]> {
    const rows = await connection.query<{ webhook_id: string }>(
      `WITH RECURSIVE ids AS (
         (SELECT webhook_id FROM webhook_deliveries ORDER BY webhook_id LIMIT 1)
         UNION ALL
         SELECT (SELECT d.webhook_id FROM webhook_deliveries d WHERE d.webhook_id > ids.webhook_id ORDER BY d.webhook_id LIMIT 1)
           FROM ids WHERE ids.webhook_id IS NOT NULL)
       SELECT webhook_id FROM ids WHERE webhook_id IS NOT NULL`,
    );
    return rows.map((row) => row.webhook_id);
  }

  /** Removes deliveries up to an event, at most {@link RETENTION_BATCH}; of a deleted webhook, all. */
  async removeDeliveries(connection: Connection, webhookId: string, upTo: string): Promise<Removed> {
    const rows = await connection.query<{ removed: string; undelivered: string }>(
      `WITH webhook AS (SELECT id FROM webhooks WHERE id = $1),
       gone AS (
         DELETE FROM webhook_deliveries d
          WHERE d.webhook_id = $1
            AND d.sequence IN (SELECT sequence FROM webhook_deliveries
                                WHERE webhook_id = $1 AND (sequence <= $2 OR NOT EXISTS (SELECT 1 FROM webhook))
                                ORDER BY sequence LIMIT ${RETENTION_BATCH})
         RETURNING d.state = 'waiting' AND EXISTS (SELECT 1 FROM webhook) AS was_waiting)
       SELECT count(*) AS removed, count(*) FILTER (WHERE was_waiting) AS undelivered FROM gone`,
      [webhookId, upTo],
    );
    return { removed: Number(rows[0]?.removed ?? 0), undelivered: Number(rows[0]?.undelivered ?? 0) };
  }

  /** Removes events up to one, at most {@link RETENTION_BATCH}. */
  async removeEvents(connection: Connection, upTo: string): Promise<Removed> {
    const rows = await connection.query<{ removed: string }>(
      `WITH gone AS (
         DELETE FROM outbox_events
          WHERE sequence IN (SELECT sequence FROM outbox_events WHERE sequence <= $1 ORDER BY sequence LIMIT ${RETENTION_BATCH})
         RETURNING 1)
       SELECT count(*) AS removed FROM gone`,
      [upTo],
    );
    return { removed: Number(rows[0]?.removed ?? 0), undelivered: 0 };
  }
}
