import { CORRELATION_ID } from '@tams/telemetry';
import { z } from 'zod';

/** A request, a job or a delivery. */
export const entry = z
  .object({
    kind: z.enum(['request', 'job', 'delivery']),
    name: z.string().meta({ description: 'Route, queue of the job, or method of the delivery.' }),
    correlation_id: z.string(),
    trace_id: z.string().optional().meta({ description: 'There when the trace was sampled.' }),
    started: z.iso.datetime(),
    duration_ms: z.number(),
    outcome: z.enum(['success', 'rejected', 'error', 'running']),
    status: z.int().optional(),
    problem: z.string().optional().meta({ description: 'Code of the problem.' }),
    failure: z.string().optional().meta({ description: 'What went wrong, down to its cause.' }),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    steps: z
      .array(
        z.object({
          kind: z.enum(['statement', 'storage', 'operation']),
          name: z.string(),
          start_ms: z.number(),
          duration_ms: z.number().optional().meta({ description: 'Absent while it goes on.' }),
          failure: z.string().optional(),
          session: z.int().optional().meta({ description: 'Session of the metadata store that ran the statement.' }),
          waits_for: z.string().optional().meta({ description: 'Who was seen to keep it waiting.' }),
        }),
      )
      .meta({ description: 'What it waited for; times count from its start.' }),
    steps_omitted: z.int().optional().meta({ description: 'Steps in the middle that were too many to be kept.' }),
  })
  .meta({ id: 'InsightEntry' });
export type Entry = z.output<typeof entry>;

/** What failed, or was slow. */
export const entries = z.object({ items: z.array(entry) }).meta({ id: 'InsightEntries' });

/** Which errors. */
export const errorsQuery = z.object({
  outcome: z
    .enum(['error', 'rejected'])
    .default('error')
    .meta({ description: '`rejected` for what was the mistake of clients.' }),
});
export type ErrorsQuery = z.output<typeof errorsQuery>;

/** A correlation id, as the header and problem details have it. */
export const correlationId = z.string().regex(CORRELATION_ID, 'is no correlation id');

/** Everything that is known under one correlation id. */
export const correlated = z
  .object({
    correlation_id: z.string(),
    work: z.array(entry).meta({ description: 'Requests, jobs and deliveries, oldest first; those that go on too.' }),
    lines: z.array(z.looseObject({})).meta({ description: 'Lines of the log, oldest first.' }),
  })
  .meta({ id: 'Correlated' });
export type Correlated = z.output<typeof correlated>;
