import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { signalFamily } from '../../support/processes';

/** What each member runs with, beside its own address. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  // As much as a member may miss while it is copied.
  wal_keep_size: '512MB',
  // A standby finds its way again soon.
  wal_retrieve_retry_interval: '200ms',
  ssl: 'on',
};

/** How its programs are run. */
export interface PostgresProgram {
  readonly path: string;
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
}

/** One PostgreSQL of several, in a directory that is there already. */
export class PostgresMember {
  private child: ChildProcess | undefined;
  private said = '';

  /** @param superuserUrl URL of a database on it, as the superuser */
  constructor(
    readonly directory: string,
    readonly port: number,
    readonly superuserUrl: string,
    private readonly program: PostgresProgram,
  ) {}

  /** Starts it; whoever needs it waits until it answers. */
  start(): void {
    const settings = { ...SETTINGS, port: String(this.port) };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(this.program.path, ['-D', this.directory, ...options], {
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...this.program.account,
    });
    child.stderr.on('data', (text: Buffer) => (this.said = (this.said + text.toString()).slice(-10_000)));
    this.child = child;
  }

  /** What it has said so far. */
  get output(): string {
    return this.said;
  }

  /** Stops the clock of all its processes: its connections stay, it answers nothing. */
  pause(): void {
    signalFamily(this.child?.pid ?? 0, 'SIGSTOP');
  }

  /** Lets it go on. */
  resume(): void {
    signalFamily(this.child?.pid ?? 0, 'SIGCONT');
  }

  /** Ends it at once, without a word to its clients' data, as a lost machine would; or in order, sessions and all. */
  async end(how: 'at once' | 'in order'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    signalFamily(child.pid ?? 0, 'SIGCONT');
    const ended = once(child, 'exit');
    child.kill(how === 'at once' ? 'SIGQUIT' : 'SIGINT');
    await ended;
  }

  /** Runs statements as the superuser, one after the other, in one session. @returns the rows of the last */
  async query(...statements: string[]): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.superuserUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }
}
