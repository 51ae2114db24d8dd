import type { Board } from '../board';
import { figure, lines } from '../panels';
import {
  eventLoopDelay,
  observations,
  ofNode,
  ofProcesses,
  ofStore,
  orZero,
  quantile,
  rate,
  series,
  SERVERS,
  share,
  unitOf,
} from '../queries';

const serverErrors = { where: 'status_code=~"5.."' };
const succeeded = { where: 'outcome="success"' };

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
          queries: [{ expr: 'avg(up{job=~"$job",cluster=~"$cluster",instance=~"$instance"})', legend: 'up' }],
        }),
        figure({
          title: 'Requests',
          description: 'Responses per second; probes and scrapes are left out.',
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
          description: '95 of 100 responses that succeed are faster. The objective is 0.25 s for 99 of 100.',
          unit: 's',
          limits: { warn: 0.25, bad: 1 },
          queries: [{ expr: quantile(0.95, 'httpRequestDuration', succeeded), legend: 'p95' }],
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
      title: 'What runs, and what is left',
      panels: [
        figure({
          title: 'In flight',
          description: 'Requests that are being answered now. A figure that only grows is something that hangs.',
          unit: 'short',
          limits: { warn: 100, bad: 1_000 },
          queries: [{ expr: orZero(`sum(${series('httpRequestsInFlight')})`), legend: 'requests' }],
        }),
        figure({
          title: 'Oldest request in flight',
          description:
            'How long the oldest request has waited for its answer, media left out. From a minute on TamsRequestsHanging fires.',
          unit: 's',
          limits: { warn: 10, bad: 60 },
          queries: [
            {
              expr: orZero(`max(${series('httpOldestRequest', 'endpoint!~"/media/.*|.*/events"')})`),
              legend: 'oldest',
            },
          ],
        }),
        figure({
          title: 'Space left',
          description: 'Free share of the disk under DATA_DIR, of the server that has least. Below 5 % a page is sent.',
          unit: 'percentunit',
          limits: { warnBelow: 0.2, badBelow: 0.05 },
          queries: [{ expr: `min(${series('dataFree')} / ${series('dataSize')})`, legend: 'free' }],
        }),
        figure({
          title: 'Days until the disk is full',
          description:
            'At the pace of the last six hours; empty while it does not fill. Below four days a ticket is sent.',
          unit: 'd',
          decimals: 1,
          limits: { warnBelow: 14, badBelow: 4 },
          queries: [{ expr: `min(tams:data_directory:days_left{${SERVERS}}) or on () vector(9999)`, legend: 'days' }],
        }),
        figure({
          title: 'Versions that run',
          description:
            'How many different versions answer: more than one outside of an update is a replica left behind.',
          unit: 'short',
          limits: { warn: 2, bad: 3 },
          queries: [{ expr: `count(count by (version) (${series('buildInfo')}))`, legend: 'versions' }],
        }),
        figure({
          title: 'Requests, this time yesterday',
          description: 'Responses per second a day before; compare it with Requests. Empty until there is a yesterday.',
          unit: 'reqps',
          limits: 'neutral',
          queries: [
            { expr: orZero(`sum(rate(${series('httpRequests')}[$__rate_interval] offset 1d))`), legend: 'yesterday' },
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
          title: 'Responses by status class',
          description:
            'Responses per second: 2xx done, 3xx elsewhere or unchanged, 4xx refused or left by the client, 5xx our failures.',
          unit: 'reqps',
          limits: 'neutral',
          stacked: true,
          colors: { '/^2/': 'green', '/^3/': 'blue', '/^4/': 'orange', '/^5/': 'red' },
          queries: ['2', '3', '4', '5'].map((digit) => ({
            expr: orZero(rate('httpRequests', { where: `status_code=~"${digit}.."` })),
            legend: `${digit}xx`,
          })),
        }),
        lines({
          title: 'Response time',
          description:
            'Quantiles of responses that succeed, over all endpoints chosen above; a dot is a trace, one click away. Dashed: 0.25 s (objective) and 1 s.',
          unit: 's',
          limits: { warn: 0.25, bad: 1 },
          queries: [
            { expr: quantile(0.5, 'httpRequestDuration', succeeded), legend: 'p50' },
            { expr: quantile(0.95, 'httpRequestDuration', succeeded), legend: 'p95' },
            { expr: quantile(0.99, 'httpRequestDuration', succeeded), legend: 'p99', traces: true },
          ],
        }),
        lines({
          title: 'Errors by type and endpoint',
          description:
            'Problems per second by their code and route, those of clients (4xx) included; the ten most frequent. Error Analysis tells more.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            {
              expr: orZero(`topk(10, ${rate('errors', { by: ['type', 'endpoint'] })} > 0)`),
              legend: '{{type}} {{endpoint}}',
            },
          ],
        }),
        lines({
          title: 'Media through the server',
          description:
            'Bytes of media per second at /media: in are uploads, out are downloads. What S3 backends carry themselves is not among them.',
          unit: 'Bps',
          limits: 'neutral',
          queries: [{ expr: rate('mediaBytes', { by: ['direction'] }), legend: '{{direction}}' }],
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
            'Time SQL statements of requests take, by kind. A few milliseconds are usual; from 0.25 s on TamsMetadataStoreSlow fires.',
          unit: 's',
          limits: { warn: 0.05, bad: 0.25 },
          queries: [
            {
              expr: quantile(0.95, 'queryDuration', { where: 'cause="request"', by: ['query_type'] }),
              legend: '{{query_type}}',
              traces: true,
            },
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
            'Processor time each server process uses, and its embedded PostgreSQL (told on Linux alone); 1 is a whole core. One process cannot use much more than one.',
          unit: 'percentunit',
          limits: { warn: 0.8, bad: 1.2 },
          queries: [
            { expr: `rate(${ofNode('process_cpu_seconds_total')}[$__rate_interval])`, legend: '{{instance}}' },
            {
              expr: `rate(${series('embeddedPostgresProcessor')}[$__rate_interval])`,
              legend: '{{instance}} embedded PostgreSQL',
            },
          ],
        }),
        lines({
          title: 'Memory',
          description:
            'Resident memory of each server process, and of its embedded PostgreSQL (told on Linux alone). The shipped limit is 2 GiB; from 1.5 GiB of both on TamsMemoryHigh fires.',
          unit: unitOf('memoryUsage'),
          limits: { warn: 1_073_741_824, bad: 1_610_612_736 },
          queries: [
            { expr: ofProcesses('memoryUsage'), legend: '{{instance}}' },
            { expr: ofProcesses('embeddedPostgresMemory'), legend: '{{instance}} embedded PostgreSQL' },
          ],
        }),
        lines({
          title: 'Event loop delay (p99)',
          description:
            'How long a process is busy before it looks at the next event. From 0.25 s on TamsEventLoopBlocked fires.',
          unit: 's',
          limits: { warn: 0.1, bad: 0.25 },
          queries: [{ expr: eventLoopDelay('p99'), legend: '{{instance}}' }],
        }),
      ],
    },
  ],
};
