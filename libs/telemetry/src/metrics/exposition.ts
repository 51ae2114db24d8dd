import { type Metric, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';

/** A scrape's answer. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * Renders a registry as the scraper asked: OpenMetrics (with exemplars) where its `Accept` prefers it, else Prometheus
 * text.
 */
export async function expose(registry: Registry, accept: string | undefined): Promise<Exposition> {
  if (!prefersOpenMetrics(accept)) {
    return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: await registry.metrics() };
  }
  // prom-client renames the counters it renders as OpenMetrics, for good; so it gets stand-ins.
  const rendering = new Registry();
  rendering.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  for (const metric of registry.getMetricsAsArray() as unknown as NamedMetric[]) {
    rendering.registerMetric(openMetricsStandIn(metric) as unknown as Metric);
  }
  return { contentType: Registry.OPENMETRICS_CONTENT_TYPE, body: await rendering.metrics() };
}

interface NamedMetric {
  readonly name: string;
  readonly type: string;
  get(): Promise<MetricObjectWithValues<MetricValue<string>>>;
}

function openMetricsStandIn(metric: NamedMetric): NamedMetric {
  return {
    name: metric.name,
    type: metric.type,
    async get() {
      const rendered = await metric.get();
      const name = metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
      return { ...rendered, name, values: rendered.values.map(withCanonicalBound) };
    },
  };
}

/** OpenMetrics writes the bound of a bucket as a float: `le="1.0"`. */
function withCanonicalBound(value: MetricValue<string>): MetricValue<string> {
  const bound = value.labels['le'];
  if (typeof bound !== 'number' || !Number.isInteger(bound)) return value;
  return { ...value, labels: { ...value.labels, le: bound.toFixed(1) } };
}

function prefersOpenMetrics(accept: string | undefined): boolean {
  const quality = (type: string): number => {
    const range = accept?.split(',').find((part) => part.trim().toLowerCase().startsWith(type));
    if (range === undefined) return 0;
    return Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1);
  };
  const openMetrics = quality('application/openmetrics-text');
  return openMetrics > 0 && openMetrics >= quality('text/plain');
}
