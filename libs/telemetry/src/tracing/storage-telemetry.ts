import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { currentCorrelation } from '../correlation';
import type { metricContract } from '../metrics/metric-contract';
import { metrics } from '../metrics/metrics';
import { errorTypeOf, exemplarOf, failSpan, outcomeOf, startChildSpan } from './spans';

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
  // What it asks of another machine has spans of its own (S3).
  const span = startChildSpan(`storage ${operation}`, SpanKind.INTERNAL, {
    'tams.storage_backend': storageBackend,
    'tams.storage_operation': operation,
  });
  const work = currentCorrelation()?.work;
  const step = work?.step('storage', `storage ${operation}`);
  let failure: string | undefined;
  const start = performance.now();
  try {
    const result = await (span ? context.with(trace.setSpan(context.active(), span), run) : run());
    const problem = problemOf?.(result);
    if (problem !== undefined) {
      failures.add();
      failure = problem;
      span?.setStatus({ code: SpanStatusCode.ERROR, message: problem });
    }
    return result;
  } catch (error) {
    // What a client got wrong is no failure of the store.
    if (outcomeOf(error) === 'error') {
      failures.add();
      failure = errorTypeOf(error);
      if (span) failSpan(span, error);
    }
    throw error;
  } finally {
    const milliseconds = performance.now() - start;
    if (step) work?.endStep(step, failure);
    const costs = currentCorrelation()?.costs;
    if (costs) {
      costs.storageCalls += 1;
      costs.storageMilliseconds += milliseconds;
    }
    metrics.s3OperationDuration.series(labels).observe(milliseconds / 1000, exemplarOf(span));
    span?.end();
  }
}

/** Makes the series of a storage backend at zero, before its first call. @param storageBackend its id */
export function expectStorageBackend(storageBackend: string): void {
  for (const metric of [metrics.s3OperationDuration, metrics.s3Errors, metrics.mediaBytes]) {
    metric.expect({ storage_backend: storageBackend });
  }
}

/** One use of the embedded object store that is not a single call: an upload spends its time on disk in pieces. */
export class StorageUse {
  private milliseconds = 0;
  private failed = false;

  constructor(
    private readonly operation: StorageOperation,
    private readonly storageBackend: string,
  ) {}

  /** Runs one piece; only its time counts, not that of the client between two pieces. */
  async spend<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await work();
    } catch (error) {
      if (outcomeOf(error) === 'error') this.failed = true;
      throw error;
    } finally {
      this.milliseconds += performance.now() - start;
    }
  }

  /** Counts it. */
  end(): void {
    const labels = { operation: this.operation, storage_backend: this.storageBackend };
    metrics.s3OperationDuration.series(labels).observe(this.milliseconds / 1000, exemplarOf(trace.getActiveSpan()));
    if (this.failed) metrics.s3Errors.series(labels).add();
    const costs = currentCorrelation()?.costs;
    if (costs) {
      costs.storageCalls += 1;
      costs.storageMilliseconds += this.milliseconds;
    }
  }
}
