import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
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
 * @param problemOf what is wrong with an answer that is a failure although nothing was thrown
 */
export async function observeStorage<Result>(
  operation: StorageOperation,
  storageBackend: string,
  run: () => Promise<Result>,
  problemOf?: (result: Result) => string | undefined,
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
    const result = await (span ? context.with(trace.setSpan(context.active(), span), run) : run());
    const problem = problemOf?.(result);
    if (problem !== undefined) {
      failures.add();
      span?.setStatus({ code: SpanStatusCode.ERROR, message: problem });
    }
    return result;
  } catch (error) {
    failures.add();
    if (span) failSpan(span, error);
    throw error;
  } finally {
    metrics.s3OperationDuration.series(labels).observe((performance.now() - start) / 1000, exemplarOf(span));
    span?.end();
  }
}
