import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { ServerAccount } from '../../../libs/embedded-postgres/src/server-account';
import { giveTo } from '../../../libs/embedded-postgres/src/server-account';
import type { Machine } from './network';
import { type PatroniPlan, patroniConfiguration } from './patroni-configuration';

/** Debian 12 has 3.0.2, where a primary that comes back from a pause takes its lock from the new one. */
export const PATRONI = process.env['PATRONI_PATH'] ?? '';
/** Longest an answer of Patroni may take, in milliseconds; but for a switchover, which is answered when it is done. */
const PATIENCE_MS = 1_000;
const SWITCHOVER_MS = 60_000;

/** A machine with Patroni and its PostgreSQL. */
export class PatroniMember {
  constructor(
    readonly name: string,
    readonly machine: Machine,
    private readonly plan: PatroniPlan,
    private readonly account: ServerAccount | undefined,
  ) {}

  private get directory(): string {
    return join(this.plan.directory, this.name);
  }

  /** Writes its configuration, as for a new machine. */
  async prepare(): Promise<void> {
    await mkdir(this.directory, { mode: 0o700 });
    const configuration = patroniConfiguration(this.plan, this.name, this.machine.address, this.directory);
    // YAML reads JSON.
    await writeFile(join(this.directory, 'patroni.yml'), JSON.stringify(configuration));
    if (this.account) await giveTo(this.account, this.directory);
  }

  /** Starts Patroni, which starts PostgreSQL and finds again what it had. */
  start(): void {
    this.machine.spawn([PATRONI, join(this.directory, 'patroni.yml')], {
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
      ...(this.account && { account: this.account }),
    });
  }

  /** Whether Patroni says that this is the primary and holds the lock of it; false also where nobody answers. */
  async isPrimary(): Promise<boolean> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`http://${this.machine.address}:8008/primary`, { signal }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200;
  }

  /** Has Patroni hand over to a synchronous standby. */
  async switchOver(): Promise<void> {
    const answer = await fetch(`http://${this.machine.address}:8008/switchover`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ leader: this.name }),
      signal: AbortSignal.timeout(SWITCHOVER_MS),
    });
    if (!answer.ok) throw new Error(`Patroni answered ${answer.status}: ${await answer.text()}`);
  }

  /** Runs a statement as the superuser. */
  async query(statement: string, database = 'tams'): Promise<Record<string, unknown>[]> {
    const client = new Client({
      host: this.machine.address,
      user: 'postgres',
      password: this.plan.password,
      database,
      connectionTimeoutMillis: 5_000,
      query_timeout: 60_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }
}
