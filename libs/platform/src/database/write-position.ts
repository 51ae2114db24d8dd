import { Batcher } from '../concurrency/batcher';
import type { Connection } from './database';
import { prepared } from './prepared';

/** A place in the write-ahead log of a primary. */
export interface WritePosition {
  /** Eight hexadecimal digits: each promotion of a standby begins another, whose places compare to no other's. */
  readonly timeline: string;
  /** As PostgreSQL writes it, `0/1B811C0`. */
  readonly lsn: string;
}

/**
 * A commit that is acknowledged is flushed before, unless the sessions of this role do not wait for that; then the log is read up
 * to what was put into it.
 */
const POSITION = prepared(`
  SELECT substr(pg_walfile_name(w.lsn), 1, 8) AS timeline, w.lsn::text AS lsn
    FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
                      ELSE pg_current_wal_flush_lsn() END AS lsn) w`);

/** Reads that ask together, at most. */
const MOST_TOGETHER = 10_000;

/**
 * How far the primary had written at a moment: whatever was acknowledged to anybody before, by whichever server, lies before that
 * place. One statement at a time asks for all who came since the one before began.
 */
export class WritePositions {
  private readonly looks = new Batcher<undefined, WritePosition>(() => this.look(), { most: MOST_TOGETHER });

  constructor(private readonly primary: Connection) {}

  /** A position that the primary reached after this call. */
  now(): Promise<WritePosition> {
    return this.looks.add(undefined);
  }

  private async look(): Promise<WritePosition> {
    const [position] = await this.primary.query<{ timeline: string; lsn: string }>(POSITION);
    if (!position) throw new Error('The primary did not say how far it has written.');
    return position;
  }
}
