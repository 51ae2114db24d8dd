import { SpanKind } from '@opentelemetry/api';
import { metrics } from '../metrics/metrics';
import { continueTrace, exemplarOf, inSpan, startChildSpan, type TraceCarrier } from './spans';

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

/** The queues of jobs, as the messaging conventions see them: pg-boss in the metadata store. */
const MESSAGING_SYSTEM = 'pgboss';

/**
 * Adds a job to its queue: inside a sampled trace in a span, to which what is sealed in `send` belongs.
 * @param send does it; @returns the job's id, `undefined` when it waits already
 */
export async function observeEnqueue(
  queue: string,
  send: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const span = startChildSpan(`send ${queue}`, SpanKind.PRODUCER, {
    'messaging.system.name': MESSAGING_SYSTEM,
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'send',
    'messaging.destination.name': queue,
  });
  if (!span) return send();
  return inSpan(span, async () => {
    const id = await send();
    if (id !== undefined) span.setAttribute('messaging.message.id', id);
    return id;
  });
}

/** Makes a queue's series at zero: the increase of a counter that is first seen at 100 reads as nothing. */
export function expectJobs(queue: string): void {
  metrics.jobDuration.expect({ queue });
}

/** Runs one attempt of a job: under the correlation id of its cause, in a trace linked to the cause's, and counted. */
export function observeJob<Result>(job: JobAttempt, work: () => Promise<Result>): Promise<Result> {
  const { queue, id, attempt, carrier, signal } = job;
  const facts = {
    'messaging.system.name': MESSAGING_SYSTEM,
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': queue,
    'messaging.message.id': id,
    'tams.job.attempt': attempt,
  };
  return continueTrace(carrier, `process ${queue}`, facts, async (span) => {
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
