import type { PoolConfig } from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';
import { targetOfUrl } from '../database/database-hosts';
import { prepareSession } from '../database/session-settings';
import type { JobQueueOptions } from './job-queue.types';

/** PostgreSQL schema of the queue's tables. */
export const JOB_SCHEMA = 'jobs';

/** How often replicas look for jobs whose worker is gone, in seconds. */
const LARGEST_SUPERVISION_SECONDS = 5;

/** Longest a statement of the queue itself may run. */
const STATEMENT_TIMEOUT_SECONDS = 30;
/** How much later than that its answer may come. */
const ANSWER_SECONDS = 5;

/** Settings of pg-boss: its own small pool, wake-ups by NOTIFY, quick recovery, and none of its cron. */
export function pgBossOptions({
  databaseUrl,
  poolSize,
  heartbeatSeconds,
}: JobQueueOptions): ConstructorOptions &
  Pick<PoolConfig, 'keepAlive' | 'maxLifetimeSeconds' | 'onConnect' | 'query_timeout' | 'stream'> {
  const supervision = Math.min(LARGEST_SUPERVISION_SECONDS, Math.max(1, Math.floor(heartbeatSeconds / 10)));
  return {
    ...targetOfUrl(databaseUrl),
    application_name: 'tams-jobs',
    schema: JOB_SCHEMA,
    max: poolSize,
    // A server that vanished without a word: the kernel would wait a quarter of an hour.
    query_timeout: (STATEMENT_TIMEOUT_SECONDS + ANSWER_SECONDS) * 1000,
    keepAlive: true,
    // A connection to a primary that was demoted would refuse every job for ever.
    maxLifetimeSeconds: 60,
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- pg-pool waits for the promise; its types do not say so
    onConnect: (client) => prepareSession(client, { statementTimeoutSeconds: STATEMENT_TIMEOUT_SECONDS }),
    useListenNotify: true,
    superviseIntervalSeconds: supervision,
    monitorIntervalSeconds: supervision,
    schedule: false,
    registerInstance: false,
    persistWarnings: false,
    // Jobs carry the trace of their request themselves (job-envelope.ts).
    openTelemetry: { enabled: false },
  };
}

/** Makes the queue's tables without working on anything: for set-ups that prepare a database. */
export async function installJobQueue(options: JobQueueOptions): Promise<void> {
  const boss = new PgBoss(pgBossOptions(options));
  await boss.start();
  await boss.stop({ graceful: false });
}
