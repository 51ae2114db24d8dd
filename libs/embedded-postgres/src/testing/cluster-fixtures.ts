import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, type QueryResultRow } from 'pg';
import { EmbeddedPostgres } from '../embedded-postgres';
import type { EmbeddedPostgresOptions } from '../embedded-postgres.types';

/** What `cluster-owner.cjs` printed, and the process that did. */
export interface ClusterOwner {
  process: ChildProcess;
  connectionUrl: string;
  /** The postmaster's process id. */
  pid: number;
  error?: string;
  code?: string;
}

/** Directories, clusters and processes of one test; `dispose` removes them all. */
export class ClusterFixtures {
  private readonly directories: string[] = [];
  private readonly clusters: EmbeddedPostgres[] = [];
  private readonly processes: ChildProcess[] = [];

  /** A new directory of mode 0700, and in it the path of a data directory that does not exist yet. */
  async directory(): Promise<{ parent: string; dataDirectory: string }> {
    const parent = await mkdtemp(join(tmpdir(), 'tams-cluster-'));
    this.directories.push(parent);
    return { parent, dataDirectory: join(parent, 'postgres') };
  }

  /** A new data directory with a copy of a stopped cluster: many times cheaper than creating another one. */
  async copyOf(dataDirectory: string): Promise<{ parent: string; dataDirectory: string }> {
    const copy = await this.directory();
    // Not node:fs: it does not keep the owner.
    await promisify(execFile)('cp', ['-a', dataDirectory, copy.dataDirectory]);
    await rm(join(copy.dataDirectory, 'port'));
    return copy;
  }

  /** Starts a cluster in this process, without fsync unless told otherwise. */
  async start(options: Partial<EmbeddedPostgresOptions> & { dataDirectory: string }): Promise<EmbeddedPostgres> {
    const cluster = await EmbeddedPostgres.start({ log: () => undefined, durable: false, ...options });
    this.clusters.push(cluster);
    return cluster;
  }

  /** Starts a cluster in a Node process of its own and waits for what it says. */
  async startOwner(
    dataDirectory: string,
    options: { ending?: 'exit' | 'idle'; account?: { uid: number; gid: number }; durable?: boolean } = {},
  ): Promise<ClusterOwner> {
    const script = join(__dirname, 'cluster-owner.cjs');
    const child = spawn(process.execPath, [script, dataDirectory, options.ending ?? 'stay'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
      env: { PATH: process.env['PATH'], DURABLE: options.durable ? 'yes' : 'no' },
      ...options.account,
    });
    this.processes.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { process: child, ...(JSON.parse(line) as Omit<ClusterOwner, 'process'>) };
  }

  /** Runs a harmless program as the given account until the test ends. Returns its process id. */
  async startBystander(account: { uid: number; gid: number }): Promise<number> {
    const child = spawn('sleep', ['300'], { stdio: 'ignore', ...account });
    this.processes.push(child);
    await once(child, 'spawn');
    return child.pid ?? 0;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.clusters.map((cluster) => cluster.stop()));
    for (const child of this.processes) await kill(child, 'SIGKILL');
    for (const directory of this.directories) {
      for (const pid of processesIn(directory)) process.kill(pid, 'SIGKILL');
      await until(() => processesIn(directory).length === 0);
      await rm(directory, { recursive: true, force: true });
    }
  }
}

/** Sends the signal and waits until the process is gone. */
export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Runs one statement in a connection of its own. */
export async function query<Row extends QueryResultRow>(connectionUrl: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: connectionUrl });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Ids of the live processes that work in the directory or below: a cluster's postmaster and all its children (Linux). */
export function processesIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${String(pid)}/cwd`).startsWith(directory);
      } catch {
        return false;
      }
    });
}

/** Whether the process exists and has not ended (one that ended but that nobody collected has). */
export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${String(pid)}`)) return false;
  try {
    const status = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return !['Z', 'X'].includes(status.charAt(status.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Waits for a condition that announces itself to nobody, such as one of the operating system; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 20) {
    if (waited > 10_000) throw new Error('the condition was not met within ten seconds');
    await delay(20);
  }
}
