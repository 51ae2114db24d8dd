import { z } from 'zod';

/** What `/livez` and `/readyz` answer. */
export const probeAnswer = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    reason: z.string().optional().meta({ description: 'Why no requests should be sent here.' }),
  })
  .meta({ id: 'ProbeAnswer' });

/** What `/health` answers, as the document tells it; `HealthReport` is the type of the code that makes it. */
export const healthAnswer = z
  .looseObject({
    status: z.enum(['ok', 'degraded', 'error']).meta({
      description:
        '`degraded` when only parts the server can do without are unwell. All that callers without rights see.',
    }),
    summary: z.string().optional().meta({
      description: 'What does not work, worst first: the cause, since when (as far as anybody asked), what it means.',
    }),
    runbook: z.string().optional().meta({ description: 'Where on this server it is told what to do about it.' }),
    version: z.string().optional(),
    uptime_seconds: z.number().optional(),
    cpu: z.looseObject({}).optional(),
    memory: z.looseObject({}).optional(),
    event_loop: z.looseObject({}).optional(),
    checks: z
      .record(z.string(), z.looseObject({ status: z.enum(['up', 'down', 'degraded']) }))
      .optional()
      .meta({ description: 'Each part by name: whether it works, its latency in milliseconds, and facts about it.' }),
  })
  .meta({ id: 'HealthReport' });
