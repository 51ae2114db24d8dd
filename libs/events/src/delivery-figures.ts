import { Injectable } from '@nestjs/common';
import { Database } from '@tams/platform';
import type { FailureType } from './sending/http-sender';
import { type WebhookStatus, webhookStatuses } from './webhooks/webhook.schema';

/** How one attempt ended. */
export type DeliveryOutcome = 'delivered' | FailureType;

/** Who counts deliveries. Calls come between two messages, so they must be quick and must not throw. */
export interface DeliveryObserver {
  /** One attempt. @param durationSeconds how long it took */
  attempted(outcome: DeliveryOutcome, durationSeconds: number): void;
  /** One event arrived. @param ageSeconds from the event to its arrival */
  arrived(ageSeconds: number): void;
}

/** State of all queues at one moment. */
export interface QueueFigures {
  readonly webhooksByStatus: Readonly<Record<WebhookStatus, number>>;
  /** Age of the oldest event that is owed to a webhook which is being served, in seconds; 0 when nothing is. */
  readonly oldestWaitingSeconds: number;
}

/** Figures of delivery for whoever shows them: the seam to telemetry. */
@Injectable()
export class DeliveryFigures implements DeliveryObserver {
  private readonly observers = new Set<DeliveryObserver>();

  constructor(private readonly database: Database) {}

  /** @returns ends the observation */
  observe(observer: DeliveryObserver): () => void {
    this.observers.add(observer);
    return () => void this.observers.delete(observer);
  }

  attempted(outcome: DeliveryOutcome, durationSeconds: number): void {
    for (const observer of this.observers) observer.attempted(outcome, durationSeconds);
  }

  arrived(ageSeconds: number): void {
    for (const observer of this.observers) observer.arrived(ageSeconds);
  }

  /** Reads the queues; one index probe for each webhook. */
  async queues(): Promise<QueueFigures> {
    const rows = await this.database.query<{ status: WebhookStatus; count: string; oldest: string | null }>(
      `SELECT w.status, count(*) AS count,
              max(extract(epoch FROM clock_timestamp() - e.occurred)) FILTER (WHERE w.status IN ('created', 'started')) AS oldest
         FROM webhooks w
         LEFT JOIN LATERAL (SELECT d.sequence FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'waiting'
                             ORDER BY d.sequence LIMIT 1) d ON true
         LEFT JOIN outbox_events e ON e.sequence = d.sequence
        GROUP BY w.status`,
    );
    const counts = new Map(rows.map((row) => [row.status, Number(row.count)]));
    return {
      webhooksByStatus: Object.fromEntries(
        webhookStatuses.map((status) => [status, counts.get(status) ?? 0]),
      ) as Record<WebhookStatus, number>,
      oldestWaitingSeconds: Math.max(0, ...rows.map((row) => Number(row.oldest ?? 0))),
    };
  }
}
