import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { UnavailableError } from '../errors/domain-error';
import { databaseFailure } from './database-failure';
import type { Connection, Row } from './database';
import { targetOfUrl } from './database-hosts';

/** Longest one question may take, in milliseconds: whoever asks wants to see what hangs. */
const PATIENCE_MS = 2_000;
/** Questions that wait for the one before. */
const MOST_WAITING = 20;

/**
 * One connection beside the pool, for those who look at the database when nobody else gets a connection any more. It is
 * opened early and kept, asks one thing at a time, and gives up soon.
 */
@Injectable()
export class ReservedConnection implements Connection, OnApplicationShutdown {
  private client: Promise<Client> | undefined;
  private line: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private ended = false;

  constructor(private readonly url: string) {}

  /** @throws {UnavailableError} when the database does not answer soon */
  query<Result extends object = Row>(text: string, values: readonly unknown[] = []): Promise<Result[]> {
    if (this.waiting >= MOST_WAITING)
      throw new UnavailableError('database-busy', 'Too many look at the database just now; try again shortly.');
    this.waiting += 1;
    const answer = this.line
      .then(() => this.ask<Result>(text, values))
      .finally(() => {
        this.waiting -= 1;
      });
    this.line = answer.catch(() => undefined);
    return answer;
  }

  /** Closes it for good. */
  async onApplicationShutdown(): Promise<void> {
    this.ended = true;
    await this.line;
    await this.close();
  }

  private async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await Promise.race([client?.end(), delay(PATIENCE_MS, undefined, { ref: false })]);
  }

  private async ask<Result extends object>(text: string, values: readonly unknown[]): Promise<Result[]> {
    try {
      if (this.ended) throw new Error('Connection terminated');
      const client = await (this.client ??= this.open());
      return (await client.query<Result>(text, values as unknown[])).rows;
    } catch (error) {
      // Refused by PostgreSQL itself, the session is as good as before.
      if (!/^[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code))) await this.close();
      throw databaseFailure(error);
    }
  }

  private async open(): Promise<Client> {
    const client = new Client({
      ...targetOfUrl(this.url),
      application_name: 'tams-insight',
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      keepAlive: true,
    });
    client.on('error', () => {
      this.client = undefined;
    });
    await client.connect();
    await client.query(`SET statement_timeout = '${PATIENCE_MS}ms'; SET TimeZone = 'UTC'`);
    return client;
  }
}
