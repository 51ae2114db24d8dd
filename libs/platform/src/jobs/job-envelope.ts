import { traceCarrier } from '@tams/telemetry';
import { z } from 'zod';

/** How a job lies in the queue: its data, and what ties it to the request that caused it. */
const envelope = z.object({
  /** W3C trace context (`traceparent`, `tracestate`) and correlation id (`x-correlation-id`) of the request, if any. */
  trace: z.record(z.string(), z.string()),
  data: z.unknown(),
});
export type JobEnvelope = z.output<typeof envelope>;

/** Wraps the data of a job with the correlation id and the trace context in force. */
export function seal(data: object): JobEnvelope {
  return { trace: traceCarrier(), data };
}

/** Opens an envelope from the queue. */
export function unseal(sealed: unknown): JobEnvelope {
  return envelope.parse(sealed);
}
