import type { Board } from '../board';
import { figure, lines } from '../panels';
import { observations, ofNode, ofProcesses, ofStore, orZero, quantile, rate, share, unitOf } from '../queries';

const serverErrors = { where: 'status_code=~"5.."' };

/** The first page: is the store well, what does it hold, what is it doing. */
export const overview: Board = {
  uid: 'tams-overview',
  title: 'TAMS Overview',
  description: 'Whether the media store is well, what it holds, and what it is doing. Start here.',
  rows: [
    {
      title: 'At a glance',
      panels: [
        figure({
          title: 'Servers up',
          description:
            'Share of the server processes that answer their scrapes. Below 1 a replica is down (alert TamsInstanceDown).',
          unit: 'percentunit',
          limits: { warnBelow: 1, badBelow: 0.5 },
          queries: [{ expr: 'avg(up{job="tams-api",instance=~"$instance"})', legend: 'up' }],
        }),
        figure({
          title: 'Requests',
          description: 'Responses per second, probes and scrapes included.',
          unit: 'reqps',
          limits: 'neutral',
          queries: [{ expr: rate('httpRequests'), legend: 'requests' }],
        }),
        figure({
          title: 'Server errors',
          description:
            'Share of the responses that are 5xx. The objective allows 0.1 %; at 1.44 % the budget of a month lasts two days.',
          unit: 'percentunit',
          decimals: 2,
          limits: { warn: 0.001, bad: 0.0144 },
          queries: [{ expr: share(rate('httpRequests', serverErrors), rate('httpRequests')), legend: '5xx' }],
        }),
        figure({
          title: 'Response time (p95)',
          description: '95 of 100 responses are faster. The objective is 0.25 s for 99 of 100.',
          unit: 's',
          limits: { warn: 0.25, bad: 1 },
          queries: [{ expr: quantile(0.95, 'httpRequestDuration'), legend: 'p95' }],
        }),
        figure({
          title: 'Stalled live ingests',
          description: 'Flows with status ingesting that had no new segment for a minute (alert TamsIngestStalled).',
          unit: 'short',
          limits: { bad: 1 },
          queries: [{ expr: ofStore('flowsStalled'), legend: 'stalled' }],
        }),
        figure({
          title: 'Pages firing',
          description:
            'Alerts that fire and need somebody now. Tickets stand in Alertmanager, and as marks on the graphs.',
          unit: 'short',
          limits: { bad: 1 },
          queries: [
            { expr: orZero('count(ALERTS{alertname=~"Tams.+",alertstate="firing",severity="page"})'), legend: 'pages' },
          ],
        }),
      ],
    },
    {
      title: 'What the store holds',
      panels: [
        figure({
          title: 'Sources',
          description: 'Sources in the store.',
          unit: unitOf('sources'),
          width: 6,
          limits: 'neutral',
          queries: [{ expr: ofStore('sources'), legend: 'sources' }],
        }),
        figure({
          title: 'Flows',
          description: 'Flows in the store.',
          unit: unitOf('flows'),
          width: 6,
          limits: 'neutral',
          queries: [{ expr: ofStore('flows'), legend: 'flows' }],
        }),
        figure({
          title: 'Segments',
          description: 'Flow segments in the store.',
          unit: unitOf('segments'),
          width: 6,
          limits: 'neutral',
          queries: [{ expr: ofStore('segments'), legend: 'segments' }],
        }),
        figure({
          title: 'Media',
          description: 'Size of the registered media objects on all storage backends.',
          unit: unitOf('storageBytes'),
          width: 6,
          limits: 'neutral',
          queries: [{ expr: `sum(${ofStore('storageBytes', { by: ['storage_backend'] })})`, legend: 'bytes' }],
        }),
      ],
    },
    {
      title: 'HTTP',
      panels: [
        lines({
          title: 'Requests by endpoint and method',
          description:
            'Responses per second by route template. A steep fall means clients cannot reach the server, or have stopped.',
          unit: 'reqps',
          limits: 'neutral',
          stacked: true,
          queries: [{ expr: rate('httpRequests', { by: ['method', 'endpoint'] }), legend: '{{method}} {{endpoint}}' }],
        }),
        lines({
          title: 'Response time',
          description:
            'Quantiles over all endpoints chosen above; a dot is a trace, one click away. Dashed: 0.25 s (objective) and 1 s.',
          unit: 's',
          limits: { warn: 0.25, bad: 1 },
          queries: [
            { expr: quantile(0.5, 'httpRequestDuration'), legend: 'p50' },
            { expr: quantile(0.95, 'httpRequestDuration'), legend: 'p95' },
            { expr: quantile(0.99, 'httpRequestDuration'), legend: 'p99', traces: true },
          ],
        }),
        lines({
          title: 'Errors by type',
          description: 'Problems per second by their code, those of clients (4xx) included. Error Analysis tells more.',
          unit: 'ops',
          limits: { warn: 1, bad: 10 },
          queries: [{ expr: orZero(rate('errors', { by: ['type'] })), legend: '{{type}}' }],
        }),
        lines({
          title: 'Operations',
          description: 'Business operations per second: on sources, flows and segments.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            { expr: rate('sourceOperations', { by: ['operation'] }), legend: 'source {{operation}}' },
            { expr: rate('flowOperations', { by: ['operation'] }), legend: 'flow {{operation}}' },
            { expr: rate('segmentOperations', { by: ['operation'] }), legend: 'segment {{operation}}' },
          ],
        }),
      ],
    },
    {
      title: 'What the server stands on',
      panels: [
        lines({
          title: 'Metadata store: statements (p95)',
          description:
            'Time SQL statements take, by kind. A few milliseconds are usual; from 0.25 s on TamsMetadataStoreSlow fires.',
          unit: 's',
          limits: { warn: 0.05, bad: 0.25 },
          queries: [
            { expr: quantile(0.95, 'queryDuration', { by: ['query_type'] }), legend: '{{query_type}}', traces: true },
          ],
        }),
        lines({
          title: 'Metadata store: statements per second',
          description: 'SQL statements per second by kind.',
          unit: 'ops',
          limits: 'neutral',
          stacked: true,
          queries: [{ expr: observations('queryDuration', { by: ['query_type'] }), legend: '{{query_type}}' }],
        }),
        lines({
          title: 'Storage backends: calls (p95)',
          description: 'Time calls to object storage take, by operation. From 2.5 s on TamsStorageSlow fires.',
          unit: 's',
          limits: { warn: 0.5, bad: 2.5 },
          queries: [
            {
              expr: quantile(0.95, 's3OperationDuration', { by: ['operation', 'storage_backend'] }),
              legend: '{{operation}} {{storage_backend}}',
              traces: true,
            },
          ],
        }),
        lines({
          title: 'Processor',
          description:
            'Processor time each server process uses; 1 is a whole core. One process cannot use much more than one.',
          unit: 'percentunit',
          limits: { warn: 0.8, bad: 1.2 },
          queries: [{ expr: `rate(${ofNode('process_cpu_seconds_total')}[$__rate_interval])`, legend: '{{instance}}' }],
        }),
        lines({
          title: 'Memory',
          description:
            'Resident memory of each server process. The shipped limit is 2 GiB; from 1.5 GiB on TamsMemoryHigh fires.',
          unit: unitOf('memoryUsage'),
          limits: { warn: 1_073_741_824, bad: 1_610_612_736 },
          queries: [{ expr: ofProcesses('memoryUsage'), legend: '{{instance}}' }],
        }),
        lines({
          title: 'Event loop delay (p99)',
          description:
            'How long a process is busy before it looks at the next event. From 0.25 s on TamsEventLoopBlocked fires.',
          unit: 's',
          limits: { warn: 0.1, bad: 0.25 },
          queries: [{ expr: ofNode('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' }],
        }),
      ],
    },
  ],
};
