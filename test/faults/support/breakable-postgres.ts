import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { childrenOf, isAlive, signalFamily } from '../../support/processes';
import { EmbeddedPostgres } from '../../../libs/embedded-postgres/src/embedded-postgres';

/** A durable PostgreSQL of this test's own, to be killed, paused and started again. */
export class BreakablePostgres {
  private constructor(
    private readonly directory: string,
    private cluster: EmbeddedPostgres,
  ) {}

  static async start(): Promise<BreakablePostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-breakable-'));
    await chmod(directory, 0o711);
    return new BreakablePostgres(directory, await startIn(directory));
  }

  /** The same after every start. */
  get url(): string {
    return this.cluster.connectionUrl;
  }

  /** Ends it without warning, as a lost machine would. Its other processes notice and end by themselves. */
  async kill(): Promise<void> {
    const { pid } = this.cluster;
    const family = [pid, ...childrenOf(pid)];
    process.kill(pid, 'SIGKILL');
    await eventually(
      () => family.filter(isAlive),
      (alive) => alive.length === 0,
      { what: 'PostgreSQL has ended', atMost: 30_000 },
    );
  }

  /** Starts it again after {@link kill}; it recovers from its log. */
  async restart(): Promise<void> {
    const { url } = this;
    await this.cluster.stop();
    this.cluster = await startIn(this.directory);
    if (this.url !== url) throw new Error('PostgreSQL came back on another port.');
  }

  /** Kills one session's process: PostgreSQL then ends all sessions and recovers. */
  async killSession(): Promise<void> {
    const [session] = await this.sessions();
    if (session !== undefined && isAlive(session)) process.kill(session, 'SIGKILL');
  }

  /** Has PostgreSQL end every session of the server in order. @returns how many there were */
  async terminateSessions(): Promise<number> {
    const rows = await this.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tams' AND pid <> pg_backend_pid()`,
    );
    return rows.length;
  }

  /** Stops the clock of all its processes: connections stay, nothing answers. */
  pause(): void {
    signalFamily(this.cluster.pid, 'SIGSTOP');
  }

  resume(): void {
    signalFamily(this.cluster.pid, 'SIGCONT');
  }

  /** Runs one statement as the superuser. */
  async query(statement: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const url = new URL(this.cluster.superuserUrl);
    url.pathname = new URL(this.url).pathname;
    const client = new Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    this.resume();
    await this.cluster.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async sessions(): Promise<number[]> {
    const rows = await this.query(`SELECT pid FROM pg_stat_activity WHERE usename = 'tams' ORDER BY pid`);
    return rows.map(({ pid }) => Number(pid));
  }
}

function startIn(dataDirectory: string): Promise<EmbeddedPostgres> {
  return EmbeddedPostgres.start({ dataDirectory, log: () => undefined });
}
