import { type DatabaseServer, observeQuery } from '@tams/telemetry';
import type { PoolClient } from 'pg';
import type { Connection, Row } from './database';
import { isRefusedAfterFailure } from './database-failure';
import { prepared } from './prepared';
import { type Asked, ask, isPlainText } from './statement';

const BEGIN = prepared('BEGIN');
const COMMIT = prepared('COMMIT');

/**
 * One transaction. What work asks in one turn crosses the network together, the first time behind the BEGIN: whatever fails,
 * PostgreSQL does not look at what was sent behind it.
 */
export class OpenTransaction implements Connection {
  /** What has not been sent yet. */
  private waiting: Asked[] = [];
  private stage: 'idle' | 'beginning' | 'begun' | 'ended' = 'idle';
  /** Why it cannot be kept: others are refused because of the first that failed. */
  private failure: Error | undefined;

  constructor(
    private readonly client: PoolClient,
    private readonly server: DatabaseServer,
  ) {}

  async query<Result extends object = Row>(text: string, values: readonly unknown[] = []): Promise<Result[]> {
    return (await this.observed(text, values)) as Result[];
  }

  /** Keeps what was written. @throws what failed, also when its caller did not care */
  async commit(): Promise<void> {
    // PostgreSQL would answer a COMMIT with ROLLBACK, which is no error.
    if (this.failure) throw this.failure;
    if (this.stage !== 'idle' || this.waiting.length > 0) await this.observed(COMMIT, []);
    this.stage = 'ended';
  }

  /** Undoes what was written. @returns an error when the connection itself is gone and must leave the pool */
  async rollback(): Promise<Error | undefined> {
    const { stage } = this;
    this.stage = 'ended';
    const ended = new Error('The transaction has ended.');
    for (const { done } of this.waiting.splice(0)) done(this.failure ?? ended, []);
    if (stage === 'idle') return undefined;
    try {
      await observeQuery('ROLLBACK', this.server, () => this.client.query('ROLLBACK'));
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  private observed(text: string, values: readonly unknown[]): Promise<object[]> {
    return observeQuery(text, this.server, (step) => {
      if (step) step.session = sessionOf(this.client);
      return new Promise((resolve, reject) => {
        this.add({
          text,
          values,
          done: (error, rows) => {
            if (!error) {
              resolve(rows);
              return;
            }
            if (!isRefusedAfterFailure(error)) this.failure ??= error;
            reject(this.failure ?? error);
          },
        });
      });
    });
  }

  private add(asked: Asked): void {
    if (this.stage === 'ended') {
      asked.done(new Error('The transaction has ended.'), []);
      return;
    }
    this.waiting.push(asked);
    if (this.waiting.length > 1) return;
    process.nextTick(() => {
      this.send();
    });
  }

  private send(): void {
    // What begins it sends the rest when it is answered: outside a transaction, what is written would stay.
    if (this.waiting.length === 0 || this.stage === 'beginning' || this.stage === 'ended') return;
    if (this.stage === 'begun') {
      ask(this.client, this.waiting.splice(0));
      return;
    }
    this.stage = 'beginning';
    const together = this.waiting.some(isPlainText) ? [] : this.waiting.splice(0);
    const begun = observeQuery(BEGIN, this.server, () => this.begin(together));
    // Those sent with it, and those that wait, hear of its failure themselves.
    begun.catch(() => undefined);
  }

  private begin(together: readonly Asked[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        if (error) {
          this.failure ??= error;
          for (const asked of this.waiting.splice(0)) asked.done(error, []);
          reject(error);
          return;
        }
        if (this.stage === 'beginning') this.stage = 'begun';
        this.send();
        resolve();
      };
      ask(this.client, [{ text: BEGIN, values: [], done }, ...together]);
    });
  }
}

/** Process id of the session behind a connection, as PostgreSQL counts; through a pooler, the pooler's own number. */
export function sessionOf(client: PoolClient): number | undefined {
  return (client as { processID?: number }).processID;
}
