import { type Metric, register, type Registry } from 'prom-client';
import { metricContract, type MetricKey } from './metric-contract';
import type { MetricDeclaration } from './metric-declaration';
import { HistogramMetric, NumberMetric, type SeriesMetric } from './series';

type LabelOf<Key extends MetricKey> = keyof (typeof metricContract)[Key]['labels'] & string;

/** Every metric of the contract, ready to be counted: histograms observe, the others add or set. */
export type Metrics = {
  readonly [Key in MetricKey]: (typeof metricContract)[Key]['type'] extends 'histogram'
    ? HistogramMetric<LabelOf<Key>>
    : NumberMetric<LabelOf<Key>>;
};

/** The registry of this process: prom-client's own, where `@willsoto/nestjs-prometheus` puts the metrics of extensions too. */
export const registry: Registry = register;

function metricOf(key: MetricKey): NumberMetric<string> | HistogramMetric<string> {
  const declaration: MetricDeclaration = metricContract[key];
  const metric = declaration.type === 'histogram' ? new HistogramMetric(declaration) : new NumberMetric(declaration);
  registry.registerMetric(metric as unknown as Metric);
  return metric;
}

/** The metrics of this process. Counting is a plain addition: `metrics.objects.series({ stage: 'allocated' }).add(3)`. */
export const metrics = Object.fromEntries(
  (Object.keys(metricContract) as MetricKey[]).map((key) => [key, metricOf(key)]),
) as unknown as Metrics;

metrics.memoryUsage.onRefresh(() => {
  metrics.memoryUsage.series({}).set(process.memoryUsage.rss());
});
metrics.httpConnections.series({}).set(0);
metrics.spansWaiting.series({}).set(0);
for (const key of Object.keys(metricContract) as MetricKey[]) {
  const { type, optional = false }: MetricDeclaration = metricContract[key];
  // A gauge nobody has filled is unknown, not zero.
  if (type !== 'gauge' && !optional) (metrics[key] as SeriesMetric<string, unknown>).expect();
}
