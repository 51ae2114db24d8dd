import { type MetricKey, metricContract } from '../../../libs/telemetry/src/metrics/metric-contract';
import type { MetricDeclaration } from '../../../libs/telemetry/src/metrics/metric-declaration';

// Queries over the metrics of the server. Names, labels and units come from the telemetry contract, so that a renamed
// metric breaks the compilation and not a dashboard.

/** Narrows and groups a query; matchers are PromQL, such as `status_code=~"5.."`. */
export interface Selection {
  readonly where?: string;
  readonly by?: readonly string[];
}

/** Share of a window a rate is taken over: Grafana knows how far apart scrapes are. */
const WINDOW = '[$__rate_interval]';

/** The declaration behind a key. */
export function declarationOf(key: MetricKey): MetricDeclaration {
  return metricContract[key];
}

/** The metric with the matchers every panel has: the server's job, and the variables its labels allow. */
export function series(key: MetricKey, where?: string, suffix = ''): string {
  const { name, labels } = declarationOf(key);
  const matchers = ['job="tams-api"', 'instance=~"$instance"'];
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

/** A metric of Node's own at the server's `/metrics`. */
export function ofNode(name: string): string {
  return `${name}{job="tams-api",instance=~"$instance"}`;
}

/** Nothing counted yet is zero, for counters that only exist once something went wrong. */
export function orZero(expression: string): string {
  return `(${expression}) or vector(0)`;
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
