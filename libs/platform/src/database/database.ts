import { setTimeout as delay } from 'node:timers/promises';
import { type DatabaseServer, observePool, observeQuery, type Step } from '@tams/telemetry';
import { Client, type Pool } from 'pg';
import { Semaphore } from '../concurrency/semaphore';
import { UnavailableError } from '../errors/domain-error';
import { databaseFailure, isReadOnly, isReadTimeout } from './database-failure';
import { OpenTransaction, sessionOf } from './open-transaction';
import { IDLE_WHILE_OTHERS_WORK } from './session-settings';
import { ask } from './statement';

/** One row as PostgreSQL returns it; `int8` arrives as a string, `timestamptz` as an RFC 3339 string in UTC. */
export type Row = Record<string, unknown>;

/** Where SQL runs: the pool, or one transaction. Repositories take it as their first argument. */
export interface Connection {
  query<Result extends object = Row>(text: string, values?: readonly unknown[]): Promise<Result[]>;
}

/** What a transaction needs beside its statements. */
export interface TransactionOptions {
  /** Whether it waits for something outside, such as a storage backend, while it holds its locks. */
  readonly waitsOutside?: boolean;
}

/** What waits for the commit of each transaction in progress. */
const waitingForCommit = new WeakMap<Connection, (() => void)[]>();

/**
 * Runs `work` once the transaction of `connection` is committed, and never if it is not; outside a transaction at once.
 * For what others in this process may know early, such as that there is new work: `work` must not throw.
 */
export function afterCommit(connection: Connection, work: () => void): void {
  const waiting = waitingForCommit.get(connection);
  if (waiting) waiting.push(work);
  else work();
}

/** SQLSTATEs after which PostgreSQL itself says the transaction may be tried again. */
const retryableStates = new Set(['40001', '40P01']);
const TRANSACTION_ATTEMPTS = 4;

/** Most requests that wait for a connection, for each connection of the pool; the next is refused at once. */
const WAITING_FOR_EACH_CONNECTION = 25;
/** One connection in so many is kept for single statements: transactions that wait for locks must not keep readers from theirs. */
const SHARE_FOR_READERS = 5;

/**
 * The metadata store: SQL on a bounded pool of connections, and transactions. When it cannot answer, both throw an
 * {@link UnavailableError}; other errors of PostgreSQL come as they are.
 */
export class Database implements Connection {
  private readonly transactions: Semaphore;
  private readonly server: DatabaseServer;

  /** @param pool of a data source made by `createDataSource`, which outlives the loss of a connection */
  constructor(private readonly pool: Pool) {
    observePool(pool);
    this.server = serverOf(pool);
    const { max, connectionTimeoutMillis } = pool.options;
    this.transactions = new Semaphore(
      max - Math.floor(max / SHARE_FOR_READERS),
      max * WAITING_FOR_EACH_CONNECTION,
      // As long as the pool lets others wait for a connection.
      connectionTimeoutMillis,
    );
  }

  /** How many connections there are, may be, and are waited for. */
  get connections(): { readonly busy: number; readonly most: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount, options } = this.pool;
    return { busy: totalCount - idleCount, most: options.max, waiting: waitingCount };
  }

  async query<Result extends object = Row>(text: string, values: readonly unknown[] = []): Promise<Result[]> {
    this.refuseWhenFull();
    try {
      return await observeQuery(text, this.server, (step) => askPool<Result>(this.pool, text, values, step));
    } catch (error) {
      if (isReadOnly(error)) await this.replaceIdleConnections();
      throw databaseFailure(error);
    }
  }

  /**
   * Asks whether the database can be written to, as `/readyz` must: a standby and a primary that was demoted answer too.
   * @throws {UnavailableError} also when it does not answer
   */
  async requireWritable(): Promise<void> {
    const [row] = await this.query<{ read_only: boolean }>(
      `SELECT current_setting('transaction_read_only') = 'on' AS read_only`,
    );
    if (!row?.read_only) return;
    await this.replaceIdleConnections();
    throw new UnavailableError('database-read-only', 'The metadata store can only be read just now.');
  }

  /**
   * Runs `work` in one transaction: all of it is kept, or nothing. A deadlock or serialisation failure is tried again
   * (at most {@link TRANSACTION_ATTEMPTS} times), so `work` must have no effect outside the transaction.
   */
  async transaction<Result>(
    work: (connection: Connection) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.with(1, () => this.attempt(work, options));
      } catch (error) {
        if (isReadOnly(error)) await this.replaceIdleConnections();
        const state = (error as { code?: unknown }).code;
        if (attempt >= TRANSACTION_ATTEMPTS || typeof state !== 'string' || !retryableStates.has(state))
          throw databaseFailure(error);
        await delay(Math.random() * 20 * 2 ** attempt);
      }
    }
  }

  private async attempt<Result>(
    work: (connection: Connection) => Promise<Result>,
    { waitsOutside }: TransactionOptions,
  ): Promise<Result> {
    this.refuseWhenFull();
    const client = await this.pool.connect();
    let broken: Error | undefined;
    const connection = new OpenTransaction(client, this.server);
    try {
      const committed: (() => void)[] = [];
      waitingForCommit.set(connection, committed);
      if (waitsOutside)
        await connection.query(`SET LOCAL idle_in_transaction_session_timeout = '${IDLE_WHILE_OTHERS_WORK}'`);
      const result = await work(connection);
      await connection.commit();
      for (const follow of committed) follow();
      return result;
    } catch (error) {
      // Closing a connection that does not answer rolls back too; a ROLLBACK would wait as long again.
      broken = isReadTimeout(error) || isReadOnly(error) ? error : await connection.rollback();
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Closes the connections nobody uses: the address they were opened to may lead to another server by now. */
  private async replaceIdleConnections(): Promise<void> {
    for (let count = this.pool.idleCount; count > 0 && this.pool.idleCount > 0; count -= 1) {
      try {
        (await this.pool.connect()).release(true);
      } catch {
        // It could not be used, and is gone as well.
      }
    }
  }

  /**
   * Keeps the queue for connections short: who waited longer than its client would only delay the others.
   * @throws {UnavailableError} `database-busy`
   */
  private refuseWhenFull(): void {
    if (this.pool.waitingCount < this.pool.options.max * WAITING_FOR_EACH_CONNECTION) return;
    throw new UnavailableError('database-busy', 'Too many requests wait for the database; try again shortly.', {
      retryAfterSeconds: 1,
    });
  }
}

/** Where a pool connects to, as `pg` itself reads its options, connection string and environment. */
export function serverOf({ options }: Pool): DatabaseServer {
  const { host, port, database } = new Client(options);
  return { address: host, port, namespace: database ?? '' };
}

/** What `pool.query` does, and notes which session it asks. */
function askPool<Result extends object>(
  pool: Pool,
  text: string,
  values: readonly unknown[],
  step: Step | undefined,
): Promise<Result[]> {
  return new Promise((resolve, reject) => {
    pool.connect((unreachable, client, release) => {
      if (!client) {
        reject(unreachable ?? new Error('The pool gave no connection.'));
        return;
      }
      if (step) step.session = sessionOf(client);
      const done = (error: Error | undefined, rows: object[]): void => {
        release(error);
        if (error) reject(error);
        else resolve(rows as Result[]);
      };
      ask(client, [{ text, values, done }]);
    });
  });
}
