import { isProbe, metrics } from '@tams/telemetry';

/** Labels of a series, by name. */
type Labels = Readonly<Record<string, string>>;

/** A metric as it is read here: every series, as of now. */
interface ReadMetric<Series> {
  entries(): Iterable<{ readonly labels: Labels; readonly series: Series }>;
}
type NumberSource = ReadMetric<{ readonly value: number }>;
type HistogramSource = ReadMetric<{ readonly count: number; readonly counts: ArrayLike<number> }> & {
  readonly bounds: readonly number[];
};

/** A figure that is remembered: where it comes from, and how its points are made. */
export type Reading = {
  readonly name: string;
  readonly unit: string;
  /** What it says, for people. */
  readonly help: string;
} & (
  | { readonly kind: 'rate'; readonly read: () => number }
  | { readonly kind: 'gauge'; readonly read: () => number }
  | { readonly kind: 'quantile'; readonly share: number; readonly source: () => Buckets }
);

/** Observations by bucket so far. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: Float64Array;
}

type Where = (labels: Labels) => boolean;

/** Whether a route is one that people and programs of people use: no probe, and not this page itself. */
export function isUsed(endpoint: string): boolean {
  return !isProbe(endpoint) && !endpoint.startsWith('/insight');
}

function sum(metric: unknown, where: Where = () => true): number {
  let total = 0;
  for (const { labels, series } of (metric as NumberSource).entries()) if (where(labels)) total += series.value;
  return total;
}

function largest(metric: unknown): number {
  let most = Number.NaN;
  for (const { series } of (metric as NumberSource).entries()) most = Math.max(series.value, most || series.value);
  return most;
}

/** The one series of a metric that is only there sometimes; not known where it is not. */
function only(metric: unknown): number {
  for (const { series } of (metric as NumberSource).entries()) return series.value;
  return Number.NaN;
}

function observations(metric: unknown, where: Where = () => true): number {
  let total = 0;
  for (const { labels, series } of (metric as HistogramSource).entries()) if (where(labels)) total += series.count;
  return total;
}

function buckets(metric: unknown, where: Where = () => true): Buckets {
  const source = metric as HistogramSource;
  const counts = new Float64Array(source.bounds.length + 1);
  for (const { labels, series } of source.entries()) {
    if (!where(labels)) continue;
    for (let bucket = 0; bucket < counts.length; bucket += 1)
      counts[bucket] = (counts[bucket] ?? 0) + (series.counts[bucket] ?? 0);
  }
  return { bounds: source.bounds, counts };
}

const rate = (name: string, unit: string, help: string, read: () => number): Reading => ({
  kind: 'rate',
  name,
  unit: `${unit}/s`,
  help,
  read,
});
const gauge = (name: string, unit: string, help: string, read: () => number): Reading => ({
  kind: 'gauge',
  name,
  unit,
  help,
  read,
});
const quantile = (name: string, share: number, help: string, source: () => Buckets): Reading => ({
  kind: 'quantile',
  name,
  unit: 's',
  help,
  share,
  source,
});

const answered = (status: string): (() => number) => {
  return () =>
    sum(
      metrics.httpRequests,
      ({ endpoint = '', status_code: code = '' }) => isUsed(endpoint) && code.startsWith(status),
    );
};
const successes = (): Buckets =>
  buckets(metrics.httpRequestDuration, ({ endpoint = '', outcome }) => outcome === 'success' && isUsed(endpoint));

/** What the process itself uses, measured between two looks. */
export interface ProcessUse {
  /** Processor time so far, in seconds. */
  cpuSeconds(): number;
  /** Longest the event loop was held up since the last look, in seconds. */
  longestDelay(): number;
}

const requestReadings: readonly Reading[] = [
  rate('requests_2xx', 'requests', 'Requests answered 2xx, without probes.', answered('2')),
  rate('requests_3xx', 'requests', 'Requests answered 3xx, without probes.', answered('3')),
  rate('requests_4xx', 'requests', 'Requests refused, and clients that left.', answered('4')),
  rate('requests_5xx', 'requests', 'Requests that failed.', answered('5')),
  quantile('request_p50', 0.5, 'Half of the successful requests took less.', successes),
  quantile('request_p95', 0.95, '95 % of the successful requests took less.', successes),
  quantile('request_p99', 0.99, '99 % of the successful requests took less.', successes),
  gauge('requests_in_flight', 'requests', 'Requests that are being answered.', () =>
    sum(metrics.httpRequestsInFlight, ({ endpoint = '' }) => isUsed(endpoint)),
  ),
  gauge('http_connections', 'connections', 'Open connections of clients.', () => sum(metrics.httpConnections)),
];

const dependencyReadings: readonly Reading[] = [
  rate('statements', 'statements', 'Statements on the metadata store.', () => observations(metrics.queryDuration)),
  quantile('statement_p95', 0.95, '95 % of the statements took less.', () => buckets(metrics.queryDuration)),
  rate('statement_errors', 'statements', 'Statements that failed.', () => sum(metrics.queryErrors)),
  gauge('database_connections_busy', 'connections', 'Connections to the metadata store in use.', () =>
    sum(metrics.activeConnections),
  ),
  gauge('database_connections_waiting', 'requests', 'Requests that wait for a connection.', () =>
    sum(metrics.databaseConnections, ({ state }) => state === 'waiting'),
  ),
  rate('storage_calls', 'calls', 'Calls to storage backends.', () => observations(metrics.s3OperationDuration)),
  quantile('storage_p95', 0.95, '95 % of the calls to storage backends took less.', () =>
    buckets(metrics.s3OperationDuration),
  ),
  rate('storage_errors', 'calls', 'Calls to storage backends that failed.', () => sum(metrics.s3Errors)),
];

const mediaReadings: readonly Reading[] = [
  rate('media_in_bytes', 'bytes', 'Media uploaded through this server.', () =>
    sum(metrics.mediaBytes, ({ direction }) => direction === 'in'),
  ),
  rate('media_out_bytes', 'bytes', 'Media downloaded through this server.', () =>
    sum(metrics.mediaBytes, ({ direction }) => direction === 'out'),
  ),
  rate('segments_ingested', 'segments', 'Flow Segments registered.', () => sum(metrics.segmentsIngested)),
  rate('media_seconds_ingested', 'seconds', 'Media registered, in seconds of its timeline.', () =>
    sum(metrics.mediaIngested),
  ),
  rate('deliveries_taken', 'attempts', 'Events that webhooks took.', () =>
    sum(metrics.webhookDeliveries, ({ outcome }) => outcome === 'delivered'),
  ),
  rate('deliveries_failed', 'attempts', 'Attempts to tell webhooks that failed.', () =>
    sum(metrics.webhookDeliveries, ({ outcome }) => outcome !== 'delivered'),
  ),
  gauge('jobs_waiting', 'jobs', 'Jobs that wait to be run.', () => sum(metrics.jobsWaiting)),
];

const storeReadings: readonly Reading[] = [
  gauge('sources', 'sources', 'Sources in the store.', () => sum(metrics.sources)),
  gauge('flows', 'flows', 'Flows in the store.', () => sum(metrics.flows)),
  gauge('segments', 'segments', 'Flow Segments in the store.', () => sum(metrics.segments)),
  gauge('storage_bytes', 'bytes', 'Size of the registered media objects.', () => sum(metrics.storageBytes)),
  gauge('flows_ingesting', 'flows', 'Flows that are being ingested.', () => sum(metrics.flowsIngesting)),
  gauge('flows_stalled', 'flows', 'Ingesting Flows without a new Segment for a minute.', () =>
    sum(metrics.flowsStalled),
  ),
  gauge('live_edge_lag', 's', 'How far the edge of an ingesting Flow is behind now, at most.', () =>
    largest(metrics.liveEdgeLag),
  ),
];

const processReadings = (use: ProcessUse): readonly Reading[] => [
  rate('cpu', 'seconds', 'Processor time of this process; 1 is one core.', () => use.cpuSeconds()),
  gauge('memory', 'bytes', 'Resident memory of this process.', () => sum(metrics.memoryUsage)),
  rate('postgres_cpu', 'seconds', 'Processor time of the embedded PostgreSQL; not known of another one.', () =>
    only(metrics.embeddedPostgresProcessor),
  ),
  gauge('postgres_memory', 'bytes', 'Memory of the embedded PostgreSQL; not known of another one.', () =>
    only(metrics.embeddedPostgresMemory),
  ),
  gauge('event_loop_delay', 's', 'Longest that the process did nothing else.', () => use.longestDelay()),
];

/**
 * The figures that are remembered: those of `/metrics`, read from the same counters. Rates are averages between two looks;
 * quantiles are of what ended between them.
 */
export function readings(use: ProcessUse): readonly Reading[] {
  return [...requestReadings, ...dependencyReadings, ...mediaReadings, ...storeReadings, ...processReadings(use)];
}
