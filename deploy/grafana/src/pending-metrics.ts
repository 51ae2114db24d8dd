import type { MetricDeclaration } from '../../../libs/telemetry/src/metrics/metric-declaration';

/** A metric dashboards and alerts are ready for, though the part of the server that feeds it is not. */
export interface PendingMetric extends MetricDeclaration {
  /** What will feed it. */
  readonly fedBy: string;
}

const outcome = ['delivered', 'http-status', 'timeout', 'connection', 'target-refused'] as const;
const fedBy = 'DeliveryFigures of libs/events (issue 6): attempted, arrived and queues';

/**
 * Names agreed upon ahead of the telemetry contract. A name that enters the contract must keep type and labels (a test
 * compares them); its entry is then removed here.
 */
export const pendingMetrics = {
  webhookDeliveries: {
    name: 'tams_webhook_deliveries_total',
    type: 'counter',
    help: 'Attempts to deliver an event to a webhook.',
    unit: 'attempts',
    labels: { outcome },
    fedBy,
  },
  webhookDeliveryDuration: {
    name: 'tams_webhook_delivery_duration_seconds',
    type: 'histogram',
    help: 'Time an attempt to deliver an event took, in seconds.',
    unit: 'seconds',
    labels: { outcome },
    fedBy,
  },
  webhookEventAge: {
    name: 'tams_webhook_event_age_seconds',
    type: 'histogram',
    help: 'Time from an event to its arrival at a webhook, in seconds.',
    unit: 'seconds',
    labels: {},
    fedBy,
  },
  webhookOldestWaiting: {
    name: 'tams_webhook_oldest_waiting_seconds',
    type: 'gauge',
    help: 'Age of the oldest event a webhook is still owed, in seconds.',
    unit: 'seconds',
    labels: {},
    fedBy,
  },
  webhooks: {
    name: 'tams_webhooks',
    type: 'gauge',
    help: 'Webhooks by status.',
    unit: 'webhooks',
    labels: { status: ['created', 'started', 'disabled', 'error'] },
    fedBy,
  },
} as const satisfies Record<string, PendingMetric>;
