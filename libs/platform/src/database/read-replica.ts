import { setTimeout as delay } from 'node:timers/promises';
import { loggerFor, observeQuery, RecurringFailures } from '@tams/telemetry';
import type { Pool, PoolClient } from 'pg';
import { UnavailableError } from '../errors/domain-error';
import { serverOf } from './database';
import { databaseFailure } from './database-failure';
import { prepared } from './prepared';
import { ask } from './statement';
import type { WritePosition, WritePositions } from './write-position';

/** How long no read is sent to a replica that failed, or was behind, in milliseconds. */
const REST_MS = { unavailable: 5_000, behind: 1_000 };
/** Pauses between two looks at how far a replica is, in milliseconds: the first, and the longest. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 16;

/**
 * Whether the session's server has all up to $2 of timeline $1, and how many bytes it lacks. A standby tells its timeline as of its
 * last restart point, so that after a promotion it is believed late rather than early. A primary has what it has written itself.
 */
const REACHED = prepared(`
  SELECT r.timeline = $1 AND r.lsn >= $2::pg_lsn AS reached, pg_wal_lsn_diff($2::pg_lsn, r.lsn)::float8 AS behind
    FROM (SELECT CASE WHEN pg_is_in_recovery()
                      THEN (SELECT lpad(upper(to_hex(min_recovery_end_timeline)), 8, '0') FROM pg_control_recovery())
                      ELSE substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) END AS timeline,
                 CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END AS lsn) r`);

interface Reached {
  readonly reached: boolean | null;
  /** Bytes of the log. */
  readonly behind: number | null;
}

/** Why a replica does not answer. */
export type Refusal = 'behind' | 'busy' | 'unavailable';

/** Rows of a replica, or why there are none. */
export type ReplicaAnswer<Result> = { readonly rows: Result[] } | { readonly refusal: Refusal };

/** Where a replica is, for operators. */
export interface ReplicaState {
  /** Bytes of the primary's log that it has not replayed. */
  readonly behindBytes: number;
  /** Whether reads are sent to it. */
  readonly isAnswering: boolean;
}

/**
 * A standby that answers single statements as the primary would: each one only once its session has replayed all that the primary
 * had written when it was asked. The position is compared in the very session that reads, so that a balancer may stand in front of
 * several. One that fails or stays behind rests, and is tried by a look of its own, not at a read's expense.
 */
export class ReadReplica {
  private readonly failures = new RecurringFailures(loggerFor('Database'));
  private refusal: Exclude<Refusal, 'busy'> | undefined = 'unavailable';
  private restUntil = 0;
  private trial: Promise<void> | undefined;

  /**
   * @param pool on the replica
   * @param positions of its primary
   * @param waitMs how long a read may wait for the replica, in milliseconds
   */
  constructor(
    private readonly pool: Pool,
    private readonly positions: WritePositions,
    private readonly waitMs: number,
  ) {}

  /** Asks the replica. @throws never: what fails here, the primary is asked too */
  async query<Result extends object>(text: string, values: readonly unknown[]): Promise<ReplicaAnswer<Result>> {
    if (this.refusal) {
      this.tryAgain();
      return { refusal: this.refusal };
    }
    if (this.pool.waitingCount >= this.pool.options.max) return { refusal: 'busy' };
    let position: WritePosition;
    try {
      position = await this.positions.now();
    } catch {
      return { refusal: 'unavailable' };
    }
    try {
      const rows = await this.within((client) =>
        observeQuery(text, serverOf(this.pool), () => this.rowsAt<Result>(client, position, text, values)),
      );
      if (rows) return { rows };
      this.rest('behind');
      return { refusal: 'behind' };
    } catch (error) {
      if (isUnavailable(error)) this.rest('unavailable', error);
      return { refusal: 'unavailable' };
    }
  }

  /** How far it is. @throws {Error} when it does not answer */
  async state(): Promise<ReplicaState> {
    this.tryAgain();
    await this.trial;
    const position = await this.positions.now();
    const { behind } = await this.within((client) => reachedOf(client, position));
    return { behindBytes: Math.max(0, behind ?? 0), isAnswering: this.refusal === undefined };
  }

  /** Finds out, once it has rested, whether reads may be sent to it again. */
  tryAgain(): void {
    if (this.trial || performance.now() < this.restUntil) return;
    this.trial = this.try().finally(() => {
      this.trial = undefined;
    });
  }

  async close(): Promise<void> {
    await this.trial;
    await this.pool.end();
  }

  /** The rows, once the session is at the position; `undefined` when it takes too long. */
  private async rowsAt<Result extends object>(
    client: PoolClient,
    position: WritePosition,
    text: string,
    values: readonly unknown[],
  ): Promise<Result[] | undefined> {
    const rows = await rowsIfReached<Result>(client, position, text, values);
    if (rows || !(await this.reaches(client, position))) return rows;
    return rowsIfReached<Result>(client, position, text, values);
  }

  /** Waits until the session is at the position. @returns whether it came there in time */
  private async reaches(client: PoolClient, position: WritePosition): Promise<boolean> {
    const deadline = performance.now() + this.waitMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await delay(Math.min(pause, left));
      if ((await reachedOf(client, position)).reached) return true;
    }
  }

  private async within<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
  }

  private rest(refusal: Exclude<Refusal, 'busy'>, error?: unknown): void {
    this.refusal = refusal;
    this.restUntil = performance.now() + REST_MS[refusal];
    if (error === undefined) return;
    const message = 'The read replica does not answer; the primary answers in its place.';
    this.failures.tell({ level: 'warn', error, message });
  }

  private async try(): Promise<void> {
    try {
      const position = await this.positions.now();
      const reached = await this.within(
        async (client) => (await reachedOf(client, position)).reached || (await this.reaches(client, position)),
      );
      if (reached) this.refusal = undefined;
      else this.rest('behind');
    } catch (error) {
      this.rest('unavailable', error);
    }
  }
}

/** Whether it says of the replica that it should be left alone, and not only of this statement. */
function isUnavailable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  // A statement that took too long here, or was in the way of what the standby replays.
  return code !== '57014' && code !== '40001' && databaseFailure(error) instanceof UnavailableError;
}

async function reachedOf(client: PoolClient, { timeline, lsn }: WritePosition): Promise<Reached> {
  const [reached] = await new Promise<object[]>((resolve, reject) => {
    const done = (error: Error | undefined, rows: object[]): void => {
      if (error) reject(error);
      else resolve(rows);
    };
    ask(client, [{ text: REACHED, values: [timeline, lsn], done }]);
  });
  return reached as Reached;
}

/**
 * Asks both at once: whether the session is at the position and, behind that, the statement. Rows that came too early are dropped.
 * @returns `undefined` when it is not
 */
function rowsIfReached<Result extends object>(
  client: PoolClient,
  { timeline, lsn }: WritePosition,
  text: string,
  values: readonly unknown[],
): Promise<Result[] | undefined> {
  return new Promise((resolve, reject) => {
    let reached = false;
    const noted = (error: Error | undefined, [row]: object[]): void => {
      reached = !error && (row as Reached | undefined)?.reached === true;
      if (error) reject(error);
    };
    const done = (error: Error | undefined, rows: object[]): void => {
      // What went wrong before the session was at the position says nothing, such as a table that is not there yet.
      if (!reached) resolve(undefined);
      else if (error) reject(error);
      else resolve(rows as Result[]);
    };
    ask(client, [
      { text: REACHED, values: [timeline, lsn], done: noted },
      { text, values, done },
    ]);
  });
}
