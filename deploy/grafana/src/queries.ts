import { type MetricKey, metricContract } from '../../../libs/telemetry/src/metrics/metric-contract';
import type { MetricDeclaration } from '../../../libs/telemetry/src/metrics/metric-declaration';

// Queries over the metrics of the server. Names, labels and units come from the telemetry contract, so that a renamed
// metric breaks the compilation and not a dashboard.

/** Narrows and groups a query; matchers are PromQL, such as `status_code=~"5.."`. */
export interface Selection {
  readonly where?: string;
  readonly by?: readonly string[];
}

/** Window a rate is taken over: Grafana knows how far apart scrapes are. */
const WINDOW = '[$__rate_interval]';
/** For what happens once a minute or less: a shorter window would mostly be empty. */
const LONG_WINDOW = '[15m]';

/** An expression with the window for what happens seldom. */
export function seldom(expression: string): string {
  return expression.replaceAll(WINDOW, LONG_WINDOW);
}

/** The declaration behind a key. */
export function declarationOf(key: MetricKey): MetricDeclaration {
  return metricContract[key];
}

/** Matchers every panel has: the servers the variables at its top choose. */
export const SERVERS = 'job=~"$job",cluster=~"$cluster",instance=~"$instance"';

/** Answers probes, scrapes and dashboards give to each other: not what people or programs of people wait for. */
const NOT_PROBES = 'endpoint!~"/metrics|/health|/livez|/readyz"';

/** The metric with the matchers every panel has: the chosen servers, and the variables its labels allow. */
export function series(key: MetricKey, where?: string, suffix = ''): string {
  const { name, labels } = declarationOf(key);
  const matchers = [SERVERS];
  if (key.startsWith('http') && 'endpoint' in labels) matchers.push(NOT_PROBES);
  if ('endpoint' in labels) matchers.push('endpoint=~"$endpoint"');
  if ('format' in labels) matchers.push('format=~"$format"');
  if (where) matchers.push(where);
  return `${name}${suffix}{${matchers.join(',')}}`;
}

function grouped(aggregation: string, expression: string, by: readonly string[] = []): string {
  return by.length > 0 ? `${aggregation} by (${by.join(', ')}) (${expression})` : `${aggregation}(${expression})`;
}

/** Per second, added up over the replicas. */
export function rate(key: MetricKey, { where, by }: Selection = {}): string {
  return grouped('sum', `rate(${series(key, where)}${WINDOW})`, by);
}

/** Observations of a histogram per second. */
export function observations(key: MetricKey, { where, by }: Selection = {}): string {
  return grouped('sum', `rate(${series(key, where, '_count')}${WINDOW})`, by);
}

/** How many in the time range of the dashboard. */
export function total(key: MetricKey, { where, by }: Selection = {}): string {
  return grouped('sum', `increase(${series(key, where)}[$__range])`, by);
}

/** A quantile of a histogram, over all replicas. */
export function quantile(share: number, key: MetricKey, { where, by = [] }: Selection = {}): string {
  return `histogram_quantile(${share}, ${bucketRates(key, { ...(where && { where }), by })})`;
}

/** The buckets of a histogram per second, for quantiles and heat maps. */
export function bucketRates(key: MetricKey, { where, by = [] }: Selection = {}): string {
  return grouped('sum', `rate(${series(key, where, '_bucket')}${WINDOW})`, ['le', ...by]);
}

/** The mean of a histogram. */
export function mean(key: MetricKey, { where, by }: Selection = {}): string {
  const sum = grouped('sum', `rate(${series(key, where, '_sum')}${WINDOW})`, by);
  return `${sum} / ${observations(key, { ...(where && { where }), ...(by && { by }) })}`;
}

/** A gauge of the store: every replica shows the same, so it is not added up. */
export function ofStore(key: MetricKey, { where, by }: Selection = {}): string {
  return grouped('max', series(key, where), by);
}

/** A gauge of each process. */
export function ofProcesses(key: MetricKey, { where, by = ['instance'] }: Selection = {}): string {
  return grouped('sum', series(key, where), by);
}

/** How long a process is busy before it looks at the next event, less the resolution that is measured with (10 ms). */
export function eventLoopDelay(statistic: 'mean' | 'p99'): string {
  return `clamp_min(${ofNode(`nodejs_eventloop_lag_${statistic}_seconds`)} - 0.01, 0)`;
}

/** A metric of Node's own at the server's `/metrics`. */
export function ofNode(name: string): string {
  return `${name}{${SERVERS}}`;
}

/** Nothing counted yet is zero, for counters that only exist once something went wrong. */
export function orZero(expression: string): string {
  return `(${expression}) or on () vector(0)`;
}

/** `part` in relation to `whole`, zero while there is no part. */
export function share(part: string, whole: string): string {
  return `(${orZero(part)}) / ${whole}`;
}

/** Unit of a metric as Grafana names it. */
export function unitOf(key: MetricKey): string {
  const { unit } = declarationOf(key);
  return unit === 'seconds' ? 's' : unit === 'bytes' ? 'bytes' : 'short';
}
