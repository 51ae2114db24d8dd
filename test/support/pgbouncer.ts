import { type ChildProcess, spawn } from 'node:child_process';
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

/** `describe`, skipped with the reason in its name where there is no PgBouncer. */
export function describeWithPgBouncer(name: string, tests: () => void): void {
  if (existsSync(PROGRAM)) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no PgBouncer at ${PROGRAM}; set PGBOUNCER_PATH)`, tests);
}

/** A real PgBouncer in front of the tests' PostgreSQL, with the settings it comes with but for its pool mode. */
export class PgBouncer {
  private constructor(
    private readonly port: number,
    private readonly process: ChildProcess,
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
    const file = join(directory, 'pgbouncer.ini');
    await writeFile(file, `${settings.join('\n')}\n`, { mode: 0o644 });
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(PROGRAM, [file], { stdio: ['ignore', 'ignore', 'pipe'], ...user });
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
    return new PgBouncer(ownPort, child, directory);
  }

  /** The way to a database through it. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }
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
