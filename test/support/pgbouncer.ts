import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = process.env['PGBOUNCER_PATH'] ?? '/usr/sbin/pgbouncer';
/** The user `nobody`: PgBouncer does not run as root. */
const NOBODY = 65_534;

export const isPgBouncerThere = existsSync(PROGRAM);

/** `describe`, skipped with the reason in its name where there is no PgBouncer. */
export function describeWithPgBouncer(name: string, tests: () => void): void {
  if (isPgBouncerThere) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no PgBouncer at ${PROGRAM}; set PGBOUNCER_PATH)`, tests);
}

/** Whether it keeps statements that a client prepared, whichever session it gets (1.21 and newer). */
export function keepsPreparedStatements(): boolean {
  const [, major, minor] =
    /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' })) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

/** A real PgBouncer in front of the tests' PostgreSQL, with the settings it comes with but for its pool mode. */
export class PgBouncer {
  private constructor(
    private readonly port: number,
    private process: ChildProcess,
    private readonly directory: string,
  ) {}

  /** @param databaseUrl of the PostgreSQL it leads to */
  static async start(databaseUrl: string, poolMode: 'session' | 'transaction'): Promise<PgBouncer> {
    const { hostname, port, username, password } = new URL(databaseUrl);
    const directory = await mkdtemp(join(tmpdir(), 'tams-pgbouncer-'));
    await chmod(directory, 0o755);
    const ownPort = await freePort();
    const server = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
    const settings = [
      ...['[databases]', `* = ${server}`, '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${ownPort}`],
      ...['unix_socket_dir =', 'auth_type = any', `pool_mode = ${poolMode}`, 'default_pool_size = 30'],
    ];
    await writeFile(join(directory, 'pgbouncer.ini'), `${settings.join('\n')}\n`, { mode: 0o644 });
    return new PgBouncer(ownPort, await startIn(directory), directory);
  }

  /** The way to a database through it. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Ends it without warning. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Starts it again after {@link kill}, at the same address. */
  async restart(): Promise<void> {
    this.process = await startIn(this.directory);
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.directory, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }
}

/** Starts it with the settings in a directory, and waits until it is up. */
async function startIn(directory: string): Promise<ChildProcess> {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(PROGRAM, [join(directory, 'pgbouncer.ini')], { stdio: ['ignore', 'ignore', 'pipe'], ...user });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said.push(chunk.toString());
      if (said.join('').includes('process up')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`PgBouncer ended: ${said.join('')}`));
    });
  });
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
