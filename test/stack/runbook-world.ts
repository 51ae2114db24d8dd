import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreakablePostgres } from '../faults/support/breakable-postgres';
import { passwordHash } from '../auth/support/auth-server';
import { BreakableLink } from '../support/breakable-link';
import { alertmanagerSettings } from './alertmanager-process';
import { type Child, freePort, poll, startChild } from './child';
import { programPath } from './debian-programs';
import { startPrometheus } from './prometheus-process';
import { Receiver } from './receivers';
import { ROOT, shipped } from './shipped-files';

const SERVER = join(ROOT, 'dist/apps/tams-api/apps/tams-api/src/main.js');
const USER = 'operator:for-this-test';
const DISK_BYTES = 48_000_000;
/** Longest the steps of one runbook may take: a few programs start for each. */
const STEPS_TIMEOUT_MS = 120_000;

/** An answer of the server. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** What the world is made of, each ready to be broken. */
type Parts = Pick<RunbookWorld, 'postgres' | 'link' | 'collector'> & {
  readonly receiver: Receiver;
  readonly tls: Server;
};

/**
 * Everything an operator has who reads a runbook: the built server with authentication, PostgreSQL, Prometheus and
 * Alertmanager, each of which the test can break; and a shell with the variables that docs/runbooks/setup.md names.
 */
export class RunbookWorld {
  readonly postgres: BreakablePostgres;
  readonly link: BreakableLink;
  /** Takes traces until it is stopped. */
  readonly collector: Receiver;
  serverPid = 0;
  /** Variables of the shell; a fault may put others in their place. */
  readonly variables: Record<string, string> = {};
  /** Takes what Alertmanager sends, and refuses it. */
  private readonly receiver: Receiver;
  private readonly tls: Server;
  private server: Child | undefined;
  private readonly children: Child[] = [];

  private constructor(
    readonly directory: string,
    /** Whether DATA_DIR is a small disk of its own. */
    readonly hasSmallDisk: boolean,
    private readonly port: number,
    { postgres, link, receiver, collector, tls }: Parts,
  ) {
    this.postgres = postgres;
    this.link = link;
    this.receiver = receiver;
    this.collector = collector;
    this.tls = tls;
  }

  static async start(): Promise<RunbookWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-runbooks-'));
    await chmod(directory, 0o711);
    const postgres = await BreakablePostgres.start();
    const link = await BreakableLink.to(postgres.url);
    const hasSmallDisk = mountSmallDisk(await madeDirectory(join(directory, 'disk')));
    const world = new RunbookWorld(directory, hasSmallDisk, await freePort(), {
      postgres,
      link,
      receiver: await Receiver.start(500),
      collector: await Receiver.start(),
      tls: createServer(),
    });
    await world.startAll();
    return world;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get dataDirectory(): string {
    return join(this.directory, 'disk', 'data');
  }

  get log(): string {
    return join(this.directory, 'tams.log');
  }

  /** Starts the server, or starts it again. @param environment on top of what it has */
  async startServer(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.server?.stop();
    const pidFile = join(this.directory, 'server.pid');
    // A log in a file, as runbooks read it.
    const script = 'echo $$ > "$1"; exec "$2" "$3" >> "$4" 2>&1';
    this.server = await startChild({
      program: 'sh',
      arguments: ['-c', script, 'sh', pidFile, process.execPath, SERVER, this.log],
      directory: this.directory,
      environment: {
        PORT: String(this.port),
        DATABASE_URL: this.link.url,
        DATABASE_POOL_SIZE: '8',
        DATA_DIR: this.dataDirectory,
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
        AUTH_MODE: 'basic',
        AUTH_BASIC_USERS_FILE: join(this.directory, 'users'),
        OTLP_ENDPOINT: this.collector.url,
        OBJECT_COLLECTION_INTERVAL_SECONDS: '1',
        WEBHOOK_RETRY_FIRST_MILLISECONDS: '500',
        SHUTDOWN_DRAIN_SECONDS: '0',
        STORAGE_MIN_FREE_BYTES: '0',
        ...environment,
      },
      readyUrl: `${this.url}/readyz`,
    });
    this.serverPid = Number(await readFile(pidFile, 'utf8'));
  }

  /** Takes away what the server said so far. */
  clearLog(): Promise<void> {
    return writeFile(this.log, '');
  }

  /** Ends the server without warning. */
  async killServer(): Promise<void> {
    await this.server?.stop('SIGKILL');
    this.server = undefined;
  }

  /** Until the server says that it can work. */
  ready(): Promise<unknown> {
    return poll('the server to be ready', 120_000, async () => {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      return answer?.status === 200;
    });
  }

  /** Sends a request as the operator. */
  async send<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(USER).toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as Body };
  }

  /** Runs the commands of a runbook as they stand there. @returns everything they print */
  confirm(runbook: string): Promise<string> {
    const commands = commandsOf(runbook);
    return new Promise((resolve, reject) => {
      execFile(
        'bash',
        ['--norc', '-u', '-c', commands.join('\n')],
        {
          cwd: ROOT,
          timeout: STEPS_TIMEOUT_MS,
          maxBuffer: 10_000_000,
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.variables },
        },
        (error, stdout, stderr) => {
          // The end of the last command says little: a search that finds nothing ends with 1, an unwell server with 2.
          if (error?.killed === true) reject(new Error(`${runbook}: its steps do not end.\n${stdout}\n${stderr}`));
          else resolve(`${stdout}\n${stderr}`);
        },
      );
    });
  }

  /** Tells Prometheus where the targets of a job are. */
  async setTargets(job: string, targets: readonly string[]): Promise<void> {
    const list = targets.map((target) => `'${target}'`).join(', ');
    await writeFile(join(this.directory, 'prometheus', 'targets', `${job}.yml`), `- targets: [${list}]\n`);
  }

  /** Adds a file of rules, or takes it away, and has Prometheus read them. */
  async setExtraRules(text: string | undefined): Promise<void> {
    const path = join(this.directory, 'prometheus', 'rules', 'extra.yml');
    if (text === undefined) await rm(path);
    else await writeFile(path, text);
    process.kill(Number(await readFile(join(this.directory, 'prometheus.pid'), 'utf8')), 'SIGHUP');
  }

  /** Serves another certificate, and gives the shell its file. */
  async useCertificate(days: number): Promise<void> {
    const [key, certificate] = [join(this.directory, 'key.pem'), join(this.directory, 'certificate.pem')];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=tams'];
    execFileSync('openssl', ['req', ...kind, '-days', String(days), '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    this.tls.setSecureContext({ key: await readFile(key), cert: await readFile(certificate) });
    this.variables['CERTIFICATE'] = certificate;
  }

  /** `https://` address under which the certificate is served. */
  get tlsUrl(): string {
    return `https://127.0.0.1:${(this.tls.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    for (const child of this.children.toReversed()) await child.stop();
    this.tls.close();
    await Promise.all([this.link.stop(), this.receiver.stop(), this.collector.stop().catch(() => undefined)]);
    await this.postgres.stop();
    if (this.hasSmallDisk) execFileSync('umount', ['-l', join(this.directory, 'disk')]);
    await rm(this.directory, { recursive: true, force: true });
  }

  private async startAll(): Promise<void> {
    await writeFile(join(this.directory, 'users'), `${userLine()}\n`);
    await this.clearLog();
    await this.startServer();
    const { address, settings } = await alertmanagerSettings(this.directory, this.receiver.url);
    this.children.push(await startChild(settings));
    const { child, client, url } = await startPrometheus(await this.prometheusProgram(), this.directory, {
      server: new URL(this.url).host,
      alertmanager: address,
    });
    this.children.push(child);
    await poll('the first scrape', 60_000, async () => (await client.query('up{job="tams-api"} == 1')).length > 0);
    await new Promise<void>((resolve) => this.tls.listen(0, '127.0.0.1', resolve));
    Object.assign(this.variables, {
      TAMS_URL: this.url,
      TAMS_USER: USER,
      TAMS_LOG: this.log,
      PROMETHEUS_URL: url,
      ALERTMANAGER_URL: `http://${address}`,
      DATABASE_URL: this.link.url,
      DATA_DIR: this.dataDirectory,
      // The store of this test is younger than what a reconciliation looks at.
      RECONCILE_MINIMUM_AGE_SECONDS: '0',
      TEXTFILE_DIRECTORY: await madeDirectory(join(this.directory, 'textfiles')),
    });
    await this.useCertificate(365);
  }

  /** Prometheus by a script that notes its process: a changed rule is read at a signal. */
  private async prometheusProgram(): Promise<string> {
    const script = join(this.directory, 'prometheus.sh');
    const pidFile = join(this.directory, 'prometheus.pid');
    await writeFile(script, `#!/bin/sh\necho $$ > ${pidFile}\nexec ${programPath('prometheus')} "$@"\n`);
    await chmod(script, 0o755);
    return script;
  }
}

/** The commands of a runbook that can be run without Docker, Kubernetes or a machine of its own. */
export function commandsOf(runbook: string): string[] {
  return [...shipped(`docs/runbooks/${runbook}.md`).matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
}

function userLine(): string {
  const [name = '', password = ''] = USER.split(':');
  return `${name}:${passwordHash(password)}:admin,read,write,delete:`;
}

async function madeDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

function mountSmallDisk(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('A tmpfs cannot be mounted here: the fault of a full disk is left out.');
    return false;
  }
}
