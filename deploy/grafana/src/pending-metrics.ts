import type { MetricDeclaration } from '../../../libs/telemetry/src/metrics/metric-declaration';

/** A metric dashboards and alerts are ready for, though the part of the server that feeds it is not. */
export interface PendingMetric extends MetricDeclaration {
  /** What will feed it. */
  readonly fedBy: string;
}

/**
 * Names agreed upon ahead of the telemetry contract. A name that enters the contract must keep type and labels (a test
 * compares them); its line is then removed here.
 */
export const pendingMetrics = {
  webhookDeliveries: {
    name: 'tams_webhook_deliveries_total',
    type: 'counter',
    help: 'Attempts to deliver an event to a webhook.',
    unit: 'deliveries',
    labels: { outcome: ['success', 'error'] },
    fedBy: 'the delivery of events (issue 6)',
  },
  webhookDeliveryDuration: {
    name: 'tams_webhook_delivery_duration_seconds',
    type: 'histogram',
    help: 'Time an attempt to deliver an event took, in seconds.',
    unit: 'seconds',
    labels: { outcome: ['success', 'error'] },
    fedBy: 'the delivery of events (issue 6)',
  },
  webhookOldestPending: {
    name: 'tams_webhook_oldest_pending_seconds',
    type: 'gauge',
    help: 'Age of the oldest event that is not delivered yet, in seconds.',
    unit: 'seconds',
    labels: {},
    fedBy: 'the delivery of events (issue 6)',
  },
  webhooks: {
    name: 'tams_webhooks',
    type: 'gauge',
    help: 'Webhooks by status.',
    unit: 'webhooks',
    labels: { status: ['created', 'started', 'disabled', 'error'] },
    fedBy: 'the delivery of events (issue 6)',
  },
} as const satisfies Record<string, PendingMetric>;
