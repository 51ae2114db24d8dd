import type { Connection } from '../database/database';
import { type JobProgress, type JobStop, unseal } from './job-envelope';
import { JobNotFoundError, JobNotStoppableError } from './job.errors';

/** A job that goes on, on whatever replica, or waits. */
export interface ListedJob {
  readonly id: string;
  readonly kind: string;
  readonly state: 'running' | 'waiting';
  /** 1 on the first; of a job that waits, the one that comes next. */
  readonly attempt: number;
  /** When the attempt began, or when the job was made that waits. */
  readonly since: Date;
  /** Of the request that caused it. */
  readonly correlationId: string | undefined;
  readonly progress: JobProgress | undefined;
  /** Who has asked for it to stop. */
  readonly stop: JobStop | undefined;
}

interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly running: boolean;
  readonly retry_count: number;
  readonly since: Date;
  readonly data: unknown;
}

/** Before all others: only then does a job that waits hear that it should stop. */
const STOPPED_PRIORITY = 1_000_000;

/** What goes on or waits, running ones first, then the oldest. @param most how many */
export async function listJobs(
  connection: Connection,
  kinds: readonly string[],
  most: number,
): Promise<readonly ListedJob[]> {
  const rows = await connection.query<JobRow>(
    `SELECT id, name AS kind, state = 'active' AS running, retry_count,
            CASE WHEN state = 'active' THEN started_on ELSE created_on END AS since, data
       FROM jobs.job WHERE name = ANY($1::text[]) AND state < 'completed'
      ORDER BY state = 'active' DESC, coalesce(started_on, created_on), id LIMIT $2::int`,
    [kinds, most],
  );
  return rows.map(({ id, kind, running, retry_count: retries, since, data }) => {
    const { trace, stop, progress } = unseal(data);
    const state = running ? 'running' : 'waiting';
    return { id, kind, state, attempt: retries + 1, since, correlationId: trace['x-correlation-id'], stop, progress };
  });
}

/**
 * Writes onto a job that it should stop: its worker looks there, and whoever takes it up next. The first who asks is named.
 * @param stoppable kinds that can be stopped
 * @throws {JobNotFoundError} {@link JobNotStoppableError}
 */
export async function markStopped(
  connection: Connection,
  id: string,
  stop: JobStop,
  stoppable: readonly string[],
): Promise<void> {
  const marked = await connection.query(
    `UPDATE jobs.job SET data = jsonb_build_object('stop', $3::jsonb) || data,
            priority = CASE WHEN state = 'active' THEN priority ELSE ${STOPPED_PRIORITY} END,
            start_after = CASE WHEN state = 'active' THEN start_after ELSE least(start_after, now()) END
      WHERE name = ANY($1::text[]) AND id = $2::uuid AND state < 'completed' RETURNING id`,
    [stoppable, id, JSON.stringify(stop)],
  );
  if (marked.length > 0) return;
  const [other] = await connection.query<{ kind: string }>(
    `SELECT name AS kind FROM jobs.job WHERE id = $1::uuid AND state < 'completed'`,
    [id],
  );
  if (other) throw new JobNotStoppableError(other.kind);
  throw new JobNotFoundError(id);
}
