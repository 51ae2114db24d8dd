import type { MetricDeclaration } from './metric-declaration';
import { backgroundMetrics } from './contract/background-metrics';
import { httpMetrics } from './contract/http-metrics';
import { playbackMetrics } from './contract/playback-metrics';
import { processMetrics } from './contract/process-metrics';
import { storageMetrics } from './contract/storage-metrics';
import { storeMetrics } from './contract/store-metrics';

export type { FormatLabel, Outcome } from './contract/labels';

/**
 * Every metric of this server, declared once: the registry, the documentation and the tests are made from it.
 * Some names (gauges that end in `_total`, `vast`) are kept for the dashboards of the system this one replaces.
 */
export const metricContract = {
  ...httpMetrics,
  ...storeMetrics,
  ...storageMetrics,
  ...backgroundMetrics,
  ...playbackMetrics,
  ...processMetrics,
} as const satisfies Record<string, MetricDeclaration>;

/** Name of a metric inside the code: a key of {@link metricContract}. */
export type MetricKey = keyof typeof metricContract;
