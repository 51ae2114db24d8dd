import type { Board } from '../board';
import { bars, distribution, lines, type Panel } from '../panels';
import {
  bucketRates,
  eventLoopDelay,
  mean,
  observations,
  ofNode,
  ofProcesses,
  orZero,
  quantile,
  rate,
  series,
  unitOf,
} from '../queries';

const succeeded = { where: 'outcome="success"' };

const requests: readonly Panel[] = [
  lines({
    title: 'Response time by endpoint (p95)',
    description: 'The slow endpoints stand out; a dot is a trace. Dashed: 0.25 s (objective) and 1 s.',
    unit: 's',
    limits: { warn: 0.25, bad: 1 },
    queries: [
      {
        expr: quantile(0.95, 'httpRequestDuration', { ...succeeded, by: ['method', 'endpoint'] }),
        legend: '{{method}} {{endpoint}}',
        traces: true,
      },
    ],
  }),
  distribution({
    title: 'Distribution of response times',
    description:
      'Responses that succeed, per second, by how long they took: shows a slow minority that quantiles hide.',
    unit: 's',
    limits: 'neutral',
    queries: [{ expr: bucketRates('httpRequestDuration', succeeded), legend: '{{le}}' }],
  }),
  bars({
    title: 'Mean response time by endpoint',
    description: 'Mean response time of each endpoint, as it is now.',
    unit: 's',
    limits: { warn: 0.1, bad: 0.25 },
    queries: [
      {
        expr: mean('httpRequestDuration', { ...succeeded, by: ['method', 'endpoint'] }),
        legend: '{{method}} {{endpoint}}',
      },
    ],
  }),
  lines({
    title: 'Requests in flight by endpoint',
    description: 'Requests that are being answered now, by route template: what hangs has no response yet.',
    unit: 'short',
    limits: 'neutral',
    queries: [{ expr: orZero(`sum by (endpoint) (${series('httpRequestsInFlight')}) > 0`), legend: '{{endpoint}}' }],
  }),
  lines({
    title: 'Oldest request in flight by endpoint',
    description: 'How long the oldest request of each route has waited for its answer.',
    unit: 's',
    limits: { warn: 10, bad: 60 },
    queries: [{ expr: orZero(`max by (endpoint) (${series('httpOldestRequest')}) > 0`), legend: '{{endpoint}}' }],
  }),
  lines({
    title: 'Connections of clients',
    description:
      'Open HTTP connections of each process. They stay open between requests; a steady rise without more requests is a client that leaks.',
    unit: 'short',
    limits: { warn: 5_000, bad: 10_000 },
    queries: [{ expr: ofProcesses('httpConnections'), legend: '{{instance}}' }],
  }),
];

const process: readonly Panel[] = [
  lines({
    title: 'Processor',
    description:
      'Processor time each process uses, by kind; 1 is a whole core. That of an embedded PostgreSQL is told on Linux alone.',
    unit: 'percentunit',
    limits: { warn: 0.8, bad: 1.2 },
    stacked: true,
    queries: [
      { expr: `rate(${ofNode('process_cpu_user_seconds_total')}[$__rate_interval])`, legend: '{{instance}} user' },
      { expr: `rate(${ofNode('process_cpu_system_seconds_total')}[$__rate_interval])`, legend: '{{instance}} system' },
      {
        expr: `rate(${series('embeddedPostgresProcessor')}[$__rate_interval])`,
        legend: '{{instance}} embedded PostgreSQL',
      },
    ],
  }),
  lines({
    title: 'Memory',
    description:
      'Resident memory and the heap inside it, and an embedded PostgreSQL beside it (told on Linux alone). Dashed: 1 GiB and 1.5 GiB (alert TamsMemoryHigh, for both together; the shipped limit is 2 GiB).',
    unit: unitOf('memoryUsage'),
    limits: { warn: 1_073_741_824, bad: 1_610_612_736 },
    queries: [
      { expr: ofProcesses('memoryUsage'), legend: '{{instance}} resident' },
      { expr: ofProcesses('embeddedPostgresMemory'), legend: '{{instance}} embedded PostgreSQL' },
      { expr: ofNode('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap' },
      { expr: ofNode('nodejs_external_memory_bytes'), legend: '{{instance}} external' },
    ],
  }),
  lines({
    title: 'Event loop delay',
    description:
      'How long a process is busy before it looks at the next event. From 0.25 s (p99) on TamsEventLoopBlocked fires.',
    unit: 's',
    limits: { warn: 0.1, bad: 0.25 },
    queries: [
      { expr: eventLoopDelay('mean'), legend: '{{instance}} mean' },
      { expr: eventLoopDelay('p99'), legend: '{{instance}} p99' },
    ],
  }),
  lines({
    title: 'Garbage collection of the heap',
    description:
      'Share of the time the process stands still to free memory, by kind of collection. Beyond 5 % the heap is too small for its load.',
    unit: 'percentunit',
    limits: { warn: 0.05, bad: 0.15 },
    queries: [
      {
        expr: `sum by (instance, kind) (rate(${ofNode('nodejs_gc_duration_seconds_sum')}[$__rate_interval]))`,
        legend: '{{instance}} {{kind}}',
      },
    ],
  }),
];

const metadataStore: readonly Panel[] = [
  lines({
    title: 'Statements (p95 and p99)',
    description: 'Time SQL statements take. From 0.25 s (p95 of a kind) on TamsMetadataStoreSlow fires.',
    unit: 's',
    limits: { warn: 0.05, bad: 0.25 },
    queries: [
      { expr: quantile(0.95, 'queryDuration', { where: 'cause="request"' }), legend: 'p95' },
      { expr: quantile(0.99, 'queryDuration', { where: 'cause="request"' }), legend: 'p99', traces: true },
    ],
  }),
  lines({
    title: 'Statements per request',
    description:
      "SQL statements for each HTTP response, probes and the server's own work left out. A rise without a change of traffic is a new query in a loop.",
    unit: 'short',
    limits: { warn: 10, bad: 25 },
    queries: [
      {
        expr: `${observations('queryDuration', { where: 'cause="request"' })} / ${rate('httpRequests')}`,
        legend: 'statements',
      },
    ],
  }),
  lines({
    title: 'Statements in the background',
    description: 'SQL statements per second that no request asked for: jobs, gauges, deliveries.',
    unit: 'ops',
    limits: 'neutral',
    queries: [
      {
        expr: observations('queryDuration', { where: 'cause="background"', by: ['query_type'] }),
        legend: '{{query_type}}',
      },
    ],
  }),
  lines({
    title: 'Connections of the pool',
    description:
      'Busy, idle and awaited connections to PostgreSQL. Anyone waiting for minutes: TamsMetadataStoreConnectionsExhausted.',
    unit: 'short',
    limits: 'neutral',
    queries: [
      { expr: ofProcesses('databaseConnections', { by: ['instance', 'state'] }), legend: '{{instance}} {{state}}' },
    ],
  }),
  lines({
    title: 'Connections of PostgreSQL',
    description:
      'Share of max_connections in use, from the PostgreSQL exporter. From 80 % on TamsPostgresConnectionsNearLimit fires.',
    unit: 'percentunit',
    limits: { warn: 0.6, bad: 0.8 },
    queries: [
      {
        expr: 'sum by (instance) (pg_stat_database_numbackends{job="postgres"}) / max by (instance) (pg_settings_max_connections{job="postgres"})',
        legend: '{{instance}}',
      },
    ],
  }),
  lines({
    title: 'Transactions since the oldest row was frozen',
    description:
      'Autovacuum freezes at 200 million; from 1,000 million on TamsTransactionIdsRunningOut fires, and at 2,100 million writes are refused.',
    unit: 'short',
    limits: { warn: 500_000_000, bad: 1_000_000_000 },
    queries: [{ expr: ofProcesses('transactionAge'), legend: '{{instance}}' }],
  }),
  lines({
    title: 'Transactions of PostgreSQL',
    description: 'Transactions per second that were committed or rolled back, from the PostgreSQL exporter.',
    unit: 'ops',
    limits: 'neutral',
    queries: [
      {
        expr: 'sum by (instance) (rate(pg_stat_database_xact_commit{job="postgres"}[$__rate_interval]))',
        legend: '{{instance}} committed',
      },
      {
        expr: 'sum by (instance) (rate(pg_stat_database_xact_rollback{job="postgres"}[$__rate_interval]))',
        legend: '{{instance}} rolled back',
      },
    ],
  }),
  lines({
    title: 'Cache hits of PostgreSQL',
    description:
      'Share of the blocks PostgreSQL found in its cache. Well below 99 % the working set no longer fits shared_buffers.',
    unit: 'percentunit',
    limits: { warnBelow: 0.99, badBelow: 0.9 },
    queries: [
      {
        expr: 'sum by (instance) (increase(pg_stat_database_blks_hit{job="postgres"}[15m])) / sum by (instance) (increase(pg_stat_database_blks_hit{job="postgres"}[15m]) + increase(pg_stat_database_blks_read{job="postgres"}[15m]))',
        legend: '{{instance}}',
      },
    ],
  }),
];

const machines: readonly Panel[] = [
  lines({
    title: 'Clock',
    description:
      'How far the clock of each server is ahead of PostgreSQL (behind, as negative figures). Beyond 2 s TamsClockWrong fires.',
    unit: 's',
    limits: { warn: 0.5, bad: 2 },
    queries: [{ expr: ofProcesses('clockOffset'), legend: '{{instance}}' }],
  }),
  lines({
    title: 'Processors of the machines',
    description: 'How busy the processors are. From 90 % on TamsHostCpuSaturated fires.',
    unit: 'percentunit',
    limits: { warn: 0.7, bad: 0.9 },
    queries: [
      {
        expr: '1 - avg by (instance) (rate(node_cpu_seconds_total{job="node",mode="idle"}[$__rate_interval]))',
        legend: '{{instance}}',
      },
    ],
  }),
  lines({
    title: 'Memory of the machines',
    description: 'Share of the memory that is available. Below 10 % TamsHostMemoryLow fires.',
    unit: 'percentunit',
    limits: { warnBelow: 0.2, badBelow: 0.1 },
    queries: [
      { expr: 'node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes', legend: '{{instance}}' },
    ],
  }),
  lines({
    title: 'Disks of the machines',
    description: 'Free share of each disk. Below 10 % TamsDiskAlmostFull fires.',
    unit: 'percentunit',
    limits: { warnBelow: 0.2, badBelow: 0.1 },
    queries: [
      {
        expr: 'node_filesystem_avail_bytes{job="node",fstype!~"tmpfs|ramfs|squashfs|nsfs"} / node_filesystem_size_bytes',
        legend: '{{instance}} {{mountpoint}}',
      },
    ],
  }),
  lines({
    title: 'Network of the machines',
    description: 'Bytes per second received (and sent, as negative figures).',
    unit: 'Bps',
    limits: 'neutral',
    queries: [
      {
        expr: 'sum by (instance) (rate(node_network_receive_bytes_total{job="node",device!="lo"}[$__rate_interval]))',
        legend: '{{instance}} received',
      },
      {
        expr: '-sum by (instance) (rate(node_network_transmit_bytes_total{job="node",device!="lo"}[$__rate_interval]))',
        legend: '{{instance}} sent',
      },
    ],
  }),
];

const telemetry: readonly Panel[] = [
  lines({
    title: 'Spans',
    description:
      'Sampled spans per second: exported, refused by the collector (failed), or given up (dropped). From 5 % lost on TamsTelemetryExportFailing fires.',
    unit: 'ops',
    limits: 'neutral',
    queries: [{ expr: rate('spansExported', { by: ['outcome'] }), legend: '{{outcome}}' }],
  }),
  lines({
    title: 'Age of the gauges of the store',
    description: 'How long ago the gauges of each source were true. Beyond 180 s TamsGaugesStale fires.',
    unit: 's',
    limits: { warn: 60, bad: 180 },
    queries: [
      {
        expr: `max by (source) (time() - (${series('gaugesRefreshed')} > 0))`,
        legend: '{{source}}',
      },
    ],
  }),
];

/** Where the time goes: requests, process, metadata store, machines, and telemetry itself. */
export const performance: Board = {
  uid: 'tams-performance',
  title: 'TAMS Performance Monitoring',
  description: 'Where the time goes: requests, process, metadata store, machines, and telemetry itself.',
  rows: [
    { title: 'Requests', panels: requests },
    { title: 'Server process', panels: process },
    { title: 'Metadata store', panels: metadataStore },
    { title: 'Machines', panels: machines },
    { title: 'Telemetry', panels: telemetry },
  ],
};
