import type { Board } from '../board';
import { bars, figure, lines } from '../panels';
import { observations, ofStore, orZero, quantile, rate, seldom, share } from '../queries';

const byQueue = { by: ['queue'] };

/** Work that outlives a request: background jobs, and events on their way to webhooks. */
export const jobsAndWebhooks: Board = {
  uid: 'tams-jobs-and-webhooks',
  title: 'TAMS Jobs and Webhooks',
  description: 'Work that outlives a request: background jobs, and events on their way to webhooks.',
  rows: [
    {
      title: 'Jobs',
      panels: [
        figure({
          title: 'Jobs waiting',
          description: 'Jobs of all queues that wait to be run.',
          unit: 'short',
          width: 8,
          limits: { warn: 100, bad: 1_000 },
          queries: [{ expr: `sum(${ofStore('jobsWaiting', byQueue)})`, legend: 'waiting' }],
        }),
        figure({
          title: 'Oldest waiting job',
          description: 'How long the oldest waiting job has waited. From 15 minutes on TamsJobsDelayed fires.',
          unit: 's',
          width: 8,
          limits: { warn: 300, bad: 900 },
          queries: [{ expr: ofStore('jobsOldestWaiting'), legend: 'oldest' }],
        }),
        figure({
          title: 'Jobs that fail',
          description: 'Share of the attempts that fail. From 20 % on TamsJobsFailing fires.',
          unit: 'percentunit',
          width: 8,
          limits: { warn: 0.05, bad: 0.2 },
          queries: [
            {
              expr: seldom(
                share(observations('jobDuration', { where: 'outcome="error"' }), observations('jobDuration')),
              ),
              legend: 'failed',
            },
          ],
        }),
        lines({
          title: 'Waiting jobs by queue',
          description:
            'Jobs that wait, by queue. A line that only rises is a queue nobody works on (alert TamsJobQueueGrowing).',
          unit: 'short',
          limits: { warn: 100, bad: 1_000 },
          queries: [{ expr: ofStore('jobsWaiting', byQueue), legend: '{{queue}}' }],
        }),
        lines({
          title: 'Age of the oldest job by queue',
          description: 'How long the oldest job of each queue has waited.',
          unit: 's',
          limits: { warn: 300, bad: 900 },
          queries: [{ expr: ofStore('jobsOldestWaiting', byQueue), legend: '{{queue}}' }],
        }),
        lines({
          title: 'Jobs done by queue and outcome',
          description: 'Attempts per second that ended, by queue and outcome.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            {
              expr: seldom(observations('jobDuration', { by: ['queue', 'outcome'] })),
              legend: '{{queue}} {{outcome}}',
            },
          ],
        }),
        lines({
          title: 'Since the last success by queue',
          description:
            'How long ago a job of each queue last succeeded. Queues with nothing to do grow old here as well; with failures beside it TamsJobsNotSucceeding fires after an hour.',
          unit: 's',
          limits: 'neutral',
          queries: [{ expr: `time() - ${ofStore('jobLastSuccess', byQueue)}`, legend: '{{queue}}' }],
        }),
        lines({
          title: 'Time of jobs (p95)',
          description:
            'Time an attempt takes, by queue. Deletions of long flows take minutes; most others take seconds.',
          unit: 's',
          limits: { warn: 60, bad: 600 },
          queries: [{ expr: seldom(quantile(0.95, 'jobDuration', byQueue)), legend: '{{queue}}', traces: true }],
        }),
      ],
    },
    {
      title: 'Webhooks',
      panels: [
        bars({
          title: 'Webhooks by status',
          description:
            'Webhooks by status. One in error has been given up after hours of attempts, and needs its owner.',
          unit: 'short',
          limits: 'neutral',
          queries: [{ expr: ofStore('webhooks', { by: ['status'] }), legend: '{{status}}' }],
        }),
        lines({
          title: 'Deliveries',
          description:
            'Attempts per second to deliver an event, by outcome. From 20 % failures on TamsWebhookDeliveriesFailing fires.',
          unit: 'ops',
          limits: 'neutral',
          queries: [{ expr: rate('webhookDeliveries', { by: ['outcome'] }), legend: '{{outcome}}' }],
        }),
        lines({
          title: 'Failed deliveries',
          description: 'Share of the attempts to deliver that fail.',
          unit: 'percentunit',
          limits: { warn: 0.05, bad: 0.2 },
          queries: [
            {
              expr: seldom(
                share(rate('webhookDeliveries', { where: 'outcome!="delivered"' }), rate('webhookDeliveries')),
              ),
              legend: 'failed',
            },
          ],
        }),
        lines({
          title: 'Time of deliveries',
          description: 'Time receivers take to accept an event.',
          unit: 's',
          limits: { warn: 1, bad: 5 },
          queries: [
            { expr: seldom(quantile(0.5, 'webhookDeliveryDuration')), legend: 'p50' },
            { expr: seldom(quantile(0.95, 'webhookDeliveryDuration')), legend: 'p95', traces: true },
          ],
        }),
        lines({
          title: 'Age of events on arrival',
          description: 'Time from an event to its arrival at the webhooks: what receivers notice of everything above.',
          unit: 's',
          limits: { warn: 10, bad: 60 },
          queries: [
            { expr: seldom(quantile(0.5, 'webhookDelay')), legend: 'p50' },
            { expr: seldom(quantile(0.95, 'webhookDelay')), legend: 'p95' },
          ],
        }),
        lines({
          title: 'Oldest undelivered event',
          description:
            'Age of the oldest event that some webhook is still owed, by its status. From 15 minutes on TamsWebhookEventsWaiting fires.',
          unit: 's',
          limits: { warn: 60, bad: 900 },
          queries: [{ expr: ofStore('webhookOldestWaiting', { by: ['status'] }), legend: '{{status}}' }],
        }),
        lines({
          title: 'Requests for webhooks and deletions',
          description: 'Requests per second to the endpoints of webhooks and of deletion requests.',
          unit: 'reqps',
          limits: 'neutral',
          queries: [
            {
              expr: orZero(
                'sum by (method, endpoint) (rate(tams_http_requests_total{job=~"$job",cluster=~"$cluster",instance=~"$instance",endpoint=~"/service/webhooks.*|/flow-delete-requests.*"}[$__rate_interval]))',
              ),
              legend: '{{method}} {{endpoint}}',
            },
          ],
        }),
      ],
    },
  ],
};
