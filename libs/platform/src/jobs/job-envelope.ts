import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { currentCorrelationId, withCorrelation } from '@tams/telemetry';
import { z } from 'zod';

/** How a job lies in the queue: its data, and what ties it to the request that caused it. */
const envelope = z.object({
  correlation_id: z.string(),
  /** W3C trace context of the request (`traceparent`, `tracestate`), when it was traced. */
  trace: z.record(z.string(), z.string()),
  data: z.unknown(),
});
export type JobEnvelope = z.output<typeof envelope>;

/** Wraps the data of a job with the correlation id and the trace context in force. */
export function seal(data: object): JobEnvelope {
  const trace: Record<string, string> = {};
  propagation.inject(context.active(), trace);
  return { correlation_id: currentCorrelationId(), trace, data };
}

/** Runs `work` with the data of a job, under the correlation id and in the trace of the request that caused it. */
export function unseal<Result>(sealed: unknown, work: (data: unknown) => Result): Result {
  const { correlation_id: correlationId, trace, data } = envelope.parse(sealed);
  return withCorrelation({ correlationId }, () =>
    context.with(propagation.extract(ROOT_CONTEXT, trace), () => work(data)),
  );
}
