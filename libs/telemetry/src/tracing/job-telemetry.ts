import { metrics } from '../metrics/metrics';
import { continueTrace, exemplarOf, type TraceCarrier } from './spans';

/** One attempt of a background job, as telemetry sees it. */
export interface JobAttempt {
  /** Kind of the job: one of a few names the code gives, never an id. */
  readonly queue: string;
  readonly id: string;
  /** 1 on the first. */
  readonly attempt: number;
  /** Whose work this is, as {@link traceCarrier} wrote it down when the job was made. */
  readonly carrier: TraceCarrier;
  /** Aborted when the attempt is called off; what fails afterwards goes on elsewhere and is no error. */
  readonly signal: AbortSignal;
}

/** Runs one attempt of a job: under the correlation id of its cause, in a trace linked to the cause's, and counted. */
export function observeJob<Result>(job: JobAttempt, work: () => Promise<Result>): Promise<Result> {
  const { queue, id, attempt, carrier, signal } = job;
  const facts = {
    'messaging.system': 'pgboss',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': queue,
    'messaging.message.id': id,
    'tams.job.queue': queue,
    'tams.job.id': id,
    'tams.job.attempt': attempt,
  };
  return continueTrace(carrier, `job ${queue}`, facts, async (span) => {
    const start = performance.now();
    let outcome: 'success' | 'error' | 'interrupted' = 'success';
    try {
      const result = await work();
      metrics.jobLastSuccess.series({ queue }).set(Date.now() / 1000);
      return result;
    } catch (error) {
      outcome = signal.aborted ? 'interrupted' : 'error';
      throw error;
    } finally {
      metrics.jobDuration.series({ queue, outcome }).observe((performance.now() - start) / 1000, exemplarOf(span));
    }
  });
}
