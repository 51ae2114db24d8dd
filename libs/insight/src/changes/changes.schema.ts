import { logLevels } from '@tams/telemetry';
import { z } from 'zod';
import { replica } from '../replicas/replica.schema';

/** The level of the log of the process that answers. */
export const logLevelBody = z.strictObject({ level: z.enum(logLevels) }).meta({ id: 'LogLevel' });
export type LogLevelBody = z.output<typeof logLevelBody>;

/** What changed. */
export const changes = z
  .object({
    version: z.string(),
    node: z.string(),
    log_level: z.string(),
    log_level_configured: z.string(),
    settings: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .meta({ description: 'Settings that are not at their defaults; secrets are only said to be set.' }),
    unknown_settings: z.array(z.string()).meta({ description: 'Variables that look like settings and are none.' }),
    starts: z.array(replica).meta({ description: 'Starts of processes on this store, newest first, 100 at most.' }),
    migrations: z.array(z.string()).meta({ description: 'What made the tables, oldest first.' }),
    store_problem: z.string().optional().meta({ description: 'Why the metadata store does not tell.' }),
  })
  .meta({ id: 'InsightChanges' });
export type Changes = z.output<typeof changes>;
