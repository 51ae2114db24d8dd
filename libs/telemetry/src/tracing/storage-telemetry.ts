import { context, SpanKind, trace } from '@opentelemetry/api';
import type { metricContract } from '../metrics/metric-contract';
import { metrics } from '../metrics/metrics';
import { exemplarOf, failSpan, startChildSpan } from './spans';

/** What is done to an object store. */
export type StorageOperation = Exclude<
  (typeof metricContract)['s3OperationDuration']['labels']['operation'][number],
  'other'
>;

/**
 * Runs one call to a storage backend, counting how long it took and, inside a sampled trace, as a span.
 * @param storageBackend id of the backend
 */
export async function observeStorage<Result>(
  operation: StorageOperation,
  storageBackend: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const labels = { operation, storage_backend: storageBackend };
  // There from the first call on, so that the first failure is an increase.
  const failures = metrics.s3Errors.series(labels);
  const span = startChildSpan(`storage ${operation}`, SpanKind.CLIENT, {
    'tams.storage_backend': storageBackend,
    'tams.storage_operation': operation,
  });
  const start = performance.now();
  try {
    return await (span ? context.with(trace.setSpan(context.active(), span), run) : run());
  } catch (error) {
    failures.add();
    if (span) failSpan(span, error);
    throw error;
  } finally {
    metrics.s3OperationDuration.series(labels).observe((performance.now() - start) / 1000, exemplarOf(span));
    span?.end();
  }
}
