import { type MetricDeclaration, REQUEST_BUCKETS_SECONDS } from '../metric-declaration';
import { queue, webhookOutcome } from './labels';

/** Work that outlives a request: jobs and webhooks. */
export const backgroundMetrics = {
  jobsWaiting: {
    name: 'tams_jobs_waiting',
    type: 'gauge',
    help: 'Jobs that wait to be run.',
    unit: 'jobs',
    labels: { queue },
  },
  jobsOldestWaiting: {
    name: 'tams_jobs_oldest_waiting_seconds',
    type: 'gauge',
    help: 'How long the oldest waiting job has waited, in seconds.',
    unit: 'seconds',
    labels: { queue },
  },
  jobDuration: {
    name: 'tams_job_duration_seconds',
    type: 'histogram',
    help: 'Time an attempt at a job took, in seconds; interrupted attempts go on elsewhere, or were stopped by a person.',
    unit: 'seconds',
    labels: { queue, outcome: ['success', 'error', 'interrupted'] },
    buckets: [...REQUEST_BUCKETS_SECONDS, 60, 600],
  },
  jobLastSuccess: {
    name: 'tams_job_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a job of the queue last succeeded in this process, in seconds since the epoch; absent before the first.',
    unit: 'seconds',
    labels: { queue },
  },
  webhookDeliveries: {
    name: 'tams_webhook_deliveries_total',
    type: 'counter',
    help: 'Attempts to deliver an event to a webhook, by what came of them.',
    unit: 'attempts',
    labels: { outcome: webhookOutcome },
  },
  webhookDeliveryDuration: {
    name: 'tams_webhook_delivery_duration_seconds',
    type: 'histogram',
    help: 'Time an attempt to deliver an event took, in seconds.',
    unit: 'seconds',
    labels: { outcome: webhookOutcome },
    buckets: [0.001, ...REQUEST_BUCKETS_SECONDS],
  },
  webhookDelay: {
    name: 'tams_webhook_delay_seconds',
    type: 'histogram',
    help: 'Time from an event to its arrival at a webhook, in seconds.',
    unit: 'seconds',
    labels: {},
    buckets: [...REQUEST_BUCKETS_SECONDS, 60, 600, 3600, 86_400],
  },
  webhooks: {
    name: 'tams_webhooks',
    type: 'gauge',
    help: 'Webhooks, by status.',
    unit: 'webhooks',
    labels: { status: ['created', 'started', 'disabled', 'error'] },
  },
  webhookOldestWaiting: {
    name: 'tams_webhook_oldest_waiting_seconds',
    type: 'gauge',
    help: 'Age of the oldest event that a webhook of this status is still owed, in seconds; 0 when none is.',
    unit: 'seconds',
    labels: { status: ['created', 'started', 'error'] },
  },
  eventStreams: { name: 'tams_event_streams', type: 'gauge', help: 'Open event streams.', unit: 'streams', labels: {} },
} as const satisfies Record<string, MetricDeclaration>;
