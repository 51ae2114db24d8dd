import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/** A process that serves, or served, the store. */
export interface ReplicaRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly started: Date;
  readonly seen: Date;
  readonly stopped: Date | null;
  readonly status: string;
  readonly summary: string;
  /** Seconds since it was seen last, on the clock of the metadata store. */
  readonly silent_seconds: number;
}

/** What a process says of itself. */
export interface ReplicaLine {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly status: string;
  readonly summary: string;
}

/** Lines older than this are deleted. */
const KEPT_DAYS = 30;
const MOST_LINES = 100;

/** SQL of the line each replica keeps about itself. */
@Injectable()
export class ReplicaRepository {
  /** @param uptimeSeconds how long the process has run */
  async write(connection: Connection, line: ReplicaLine, uptimeSeconds: number): Promise<void> {
    const { id, name, version, status, summary } = line;
    await connection.query(
      `INSERT INTO replicas (id, name, version, started, seen, status, summary)
       VALUES ($1, $2, $3, now() - make_interval(secs => $6), now(), $4, $5)
       ON CONFLICT (id) DO UPDATE SET seen = now(), status = $4, summary = $5`,
      [id, name, version, status, summary, uptimeSeconds],
    );
  }

  /** It stops in order; lines nobody needs any more go. */
  async stop(connection: Connection, id: string): Promise<void> {
    await connection.query('UPDATE replicas SET seen = now(), stopped = now() WHERE id = $1', [id]);
    await connection.query(`DELETE FROM replicas WHERE seen < now() - interval '${KEPT_DAYS} days'`);
  }

  /** Those seen last, newest start first. */
  list(connection: Connection): Promise<ReplicaRow[]> {
    return connection.query<ReplicaRow>(
      `SELECT *, extract(epoch FROM now() - seen)::float8 AS silent_seconds
         FROM (SELECT * FROM replicas ORDER BY seen DESC LIMIT ${MOST_LINES}) r ORDER BY started DESC`,
    );
  }
}
