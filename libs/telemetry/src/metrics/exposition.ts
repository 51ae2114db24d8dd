import { Registry } from 'prom-client';
import { openMetricsText, type RenderedMetric } from './open-metrics-text';

/** A scrape's answer. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * Renders a registry as the scraper asked: OpenMetrics (with exemplars, and the moment each series began) where its
 * `Accept` prefers it, else Prometheus text.
 */
export async function expose(registry: Registry, accept: string | undefined): Promise<Exposition> {
  if (!prefersOpenMetrics(accept)) {
    return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: await registry.metrics() };
  }
  const metrics = registry.getMetricsAsArray() as unknown as { get(): Promise<RenderedMetric> }[];
  const families = await Promise.all(metrics.map(async (metric) => openMetricsText(await metric.get())));
  return { contentType: Registry.OPENMETRICS_CONTENT_TYPE, body: `${families.join('\n')}\n# EOF\n` };
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
