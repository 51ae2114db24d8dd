import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@tams/platform';
import { type Exemplar, GaugeRefresher, metrics } from '@tams/telemetry';
import type { FailureType } from './delivery/http-sender';
import { type WebhookStatus, webhookStatuses } from './webhook.schema';

/** How one attempt ended. */
export type DeliveryOutcome = 'delivered' | FailureType;

const outcomes: readonly DeliveryOutcome[] = ['delivered', 'http-status', 'timeout', 'connection', 'target-refused'];

/** Series that are counted with every message, found once. */
const attemptSeries = new Map(
  outcomes.map((outcome) => [
    outcome,
    { count: metrics.webhookDeliveries.series({ outcome }), time: metrics.webhookDeliveryDuration.series({ outcome }) },
  ]),
);
/** Statuses in which a webhook is owed events; a disabled one is not. */
const owed = ['created', 'started', 'error'] as const;
const delay = metrics.webhookDelay.series({});

/** Figures of delivery: attempts as they are made, and the state of the queues from time to time. */
@Injectable()
export class DeliveryMetrics implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly refresher: GaugeRefresher,
  ) {}

  onModuleInit(): void {
    this.refresher.add({ name: 'webhooks', refresh: () => this.refresh() });
  }

  /** One attempt. @param durationSeconds how long it took @param exemplar its trace */
  attempted(outcome: DeliveryOutcome, durationSeconds: number, exemplar?: Exemplar): void {
    const series = attemptSeries.get(outcome);
    series?.count.add();
    series?.time.observe(durationSeconds, exemplar);
  }

  /** One event arrived. @param ageSeconds from the event to its arrival */
  arrived(ageSeconds: number): void {
    delay.observe(ageSeconds);
  }

  /** Reads the queues; one index probe for each webhook. */
  private async refresh(): Promise<void> {
    const rows = await this.database.query<{ status: WebhookStatus; count: string; oldest: string | null }>(
      `SELECT w.status, count(*) AS count,
              max(extract(epoch FROM clock_timestamp() - e.occurred)) AS oldest
         FROM webhooks w
         LEFT JOIN LATERAL (SELECT d.sequence FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'waiting'
                             ORDER BY d.sequence LIMIT 1) d ON true
         LEFT JOIN outbox_events e ON e.sequence = d.sequence
        GROUP BY w.status`,
    );
    const counts = new Map(rows.map((row) => [row.status, Number(row.count)]));
    for (const status of webhookStatuses) metrics.webhooks.series({ status }).set(counts.get(status) ?? 0);
    const ages = new Map(rows.map((row) => [row.status, Math.max(0, Number(row.oldest ?? 0))]));
    for (const status of owed) metrics.webhookOldestWaiting.series({ status }).set(ages.get(status) ?? 0);
  }
}
