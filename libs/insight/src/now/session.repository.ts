import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/** A session of PostgreSQL that runs a statement, holds a transaction open, or keeps others waiting. */
export interface SessionRow {
  readonly pid: number;
  readonly session_started: Date;
  readonly application: string | null;
  readonly client: string | null;
  readonly user_name: string | null;
  readonly state: string;
  /** `Lock`, `IO`, ...; null when it waits for nothing. */
  readonly wait_type: string | null;
  readonly wait_event: string | null;
  readonly state_seconds: number;
  readonly transaction_seconds: number | null;
  readonly query: string;
  /** Sessions that keep it waiting. */
  readonly blocked_by: number[];
  /** Tables whose locks it waits for. */
  readonly waits_for: string[];
}

const MOST_SESSIONS = 100;

/** SQL of what PostgreSQL does. */
@Injectable()
export class SessionRepository {
  /**
   * Sessions busy with something for so long, and those that keep them waiting.
   * @param seconds how long
   */
  busy(connection: Connection, seconds: number): Promise<SessionRow[]> {
    return connection.query<SessionRow>(
      `WITH session AS MATERIALIZED (
         SELECT pid, backend_start AS session_started, application_name AS application, host(client_addr) AS client,
                usename AS user_name, state, wait_event_type AS wait_type, wait_event,
                extract(epoch FROM clock_timestamp() - CASE WHEN state = 'active' THEN query_start ELSE state_change END)::float8
                  AS state_seconds,
                extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds,
                left(query, 1000) AS query,
                CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END AS blocked_by
           FROM pg_stat_activity
          WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid())
       SELECT s.*, ARRAY(SELECT DISTINCT l.relation::regclass::text FROM pg_locks l
                          WHERE l.pid = s.pid AND NOT l.granted AND l.relation IS NOT NULL) AS waits_for
         FROM session s
        WHERE (s.state LIKE 'active%' AND s.state_seconds >= $1)
           OR (s.state LIKE 'idle in transaction%' AND s.state_seconds >= $1)
           OR EXISTS (SELECT 1 FROM session w WHERE s.pid = ANY (w.blocked_by))
        ORDER BY s.state_seconds DESC LIMIT ${MOST_SESSIONS}`,
      [seconds],
    );
  }

  /**
   * Cancels the statement of a session, or ends the session.
   * @param started when the session began: process ids are used again
   * @returns false when there is no such session any more
   */
  async stop(connection: Connection, pid: number, started: string, endSession: boolean): Promise<boolean> {
    const [row] = await connection.query<{ stopped: boolean }>(
      `SELECT ${endSession ? 'pg_terminate_backend' : 'pg_cancel_backend'}(pid) AS stopped FROM pg_stat_activity
        WHERE pid = $1 AND date_trunc('milliseconds', backend_start) = date_trunc('milliseconds', $2::timestamptz)
          AND datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      [pid, started],
    );
    return row?.stopped ?? false;
  }
}
