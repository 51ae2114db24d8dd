import { z } from 'zod';
import { checkStates } from '../checks/check-strip';
import { replica } from '../replicas/replica.schema';

/** How the server is, at a glance. */
export const overview = z
  .object({
    at: z.iso.datetime(),
    status: z.enum(['ok', 'degraded', 'error']),
    summary: z
      .string()
      .meta({ description: 'As /health says it: what does not work, why, since when, what it means.' }),
    runbook: z.string().optional().meta({ description: 'Where on this server it is told what to do.' }),
    version: z.string(),
    uptime_seconds: z.number(),
    checks: z.array(
      z.object({
        name: z.string(),
        status: z.enum(['up', 'degraded', 'down']),
        latency_ms: z.number(),
        message: z.string().optional().meta({ description: 'Why it does not work.' }),
        facts: z.record(z.string(), z.unknown()),
        last_hour: z
          .array(z.enum(checkStates))
          .meta({ description: 'The worst of each minute, oldest first; `unknown` where nobody looked.' }),
      }),
    ),
    figures: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'The newest point of every figure, by its name; GET /insight/series has its unit.' }),
    replicas: z.array(replica).meta({ description: 'Processes that serve this store, newest start first.' }),
    replicas_problem: z.string().optional(),
    links: z
      .object({ grafana: z.string(), jaeger: z.string(), prometheus: z.string() })
      .partial()
      .meta({ description: 'Tools beside this server, as GRAFANA_URL, JAEGER_URL and PROMETHEUS_URL say.' }),
  })
  .meta({ id: 'InsightOverview' });
export type Overview = z.output<typeof overview>;
