import { traceCarrier } from '@tams/telemetry';
import { z } from 'zod';

/** A person's wish that a job should stop. */
export const jobStop = z.object({
  /** Who asked for it. */
  by: z.string(),
  /** When, ISO 8601. */
  at: z.string(),
});
export type JobStop = z.output<typeof jobStop>;

/** How far a job had come when its worker said so last. */
export const jobProgress = z.object({
  /** What it works on, in words. */
  about: z.string(),
  /** What is counted, in the plural, or `bytes`. */
  unit: z.string(),
  done: z.number(),
  /** Absent where nobody knows how much there is to do. */
  total: z.number().optional(),
  /** Done a second, on average since the attempt began; absent at its beginning. */
  per_second: z.number().optional(),
});
export type JobProgress = z.output<typeof jobProgress>;

/** How a job lies in the queue: its data, what ties it to the request that caused it, and what is told while it goes on. */
const envelope = z.object({
  /** W3C trace context (`traceparent`, `tracestate`) and correlation id (`x-correlation-id`) of the request, if any. */
  trace: z.record(z.string(), z.string()),
  data: z.unknown(),
  stop: jobStop.optional(),
  progress: jobProgress.optional(),
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
