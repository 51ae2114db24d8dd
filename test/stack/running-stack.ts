import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database';
import { alertmanagerSettings } from './alertmanager-process';
import { type Child, freePort, startChild } from './child';
import { programPath } from './debian-programs';
import { MixedLoad } from './load';
import { PrometheusClient } from './prometheus-client';
import { Receiver } from './receivers';
import { composeFile, ROOT } from './shipped-files';
import { substituted } from './substitutions';

/** The API as it is built by `npm run build`. */
const SERVER = join(ROOT, 'dist/apps/tams-api/apps/tams-api/src/main.js');

/** The shipped stack, running on the loopback interface on ports of its own, with the real API under load. */
export class RunningStack {
  readonly receiver: Receiver;
  readonly collector: Receiver;
  /** Where the server's webhooks go: one takes them, one refuses them. */
  private readonly webhooks: readonly Receiver[];
  private readonly children: Child[] = [];
  private load: MixedLoad | undefined;
  private prometheusClient: PrometheusClient | undefined;
  private databaseUrl = '';

  private constructor(
    /** Scratch of this stack; removed when it stops. */
    readonly directory: string,
    receivers: readonly [Receiver, Receiver, ...(readonly Receiver[])],
  ) {
    [this.receiver, this.collector, ...this.webhooks] = receivers;
  }

  /** Starts everything in the order it depends on each other; what was started is stopped again when a part fails. */
  static async start(): Promise<RunningStack> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-stack-'));
    const stack = new RunningStack(directory, [
      await Receiver.start(),
      await Receiver.start(),
      await Receiver.start(204),
      await Receiver.start(500),
    ]);
    try {
      await stack.startAll();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get prometheus(): PrometheusClient {
    if (!this.prometheusClient) throw new Error('Prometheus does not run yet.');
    return this.prometheusClient;
  }

  /** What ended the load early: figures stand still from then on. */
  get loadFailure(): unknown {
    return this.load?.failure;
  }

  /** Directory with the configuration Prometheus runs on. */
  get configuration(): string {
    return join(this.directory, 'prometheus');
  }

  async stop(): Promise<void> {
    // A load that failed is told once everything has ended.
    const ended = await Promise.allSettled([this.load?.stop()]);
    for (const child of this.children.toReversed()) await child.stop();
    await this.keepLogs();
    for (const receiver of [this.receiver, this.collector, ...this.webhooks]) await receiver.stop();
    await rm(this.directory, { recursive: true, force: true });
    for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** `TAMS_STACK_LOGS=directory npm run test:stack` keeps what each program said. */
  private async keepLogs(): Promise<void> {
    const directory = process.env['TAMS_STACK_LOGS'];
    if (!directory) return;
    await mkdir(directory, { recursive: true });
    for (const [index, child] of this.children.entries()) {
      await writeFile(join(directory, `${index}-${child.name}.log`), child.output());
    }
  }

  /** Starts one more server on the same store. @returns it, and the target Prometheus would scrape */
  async startServer(): Promise<{ readonly target: string; readonly child: Child }> {
    const port = await freePort();
    const target = `127.0.0.1:${port}`;
    const child = await this.startedChild({
      program: process.execPath,
      arguments: [SERVER],
      directory: this.directory,
      environment: {
        PORT: String(port),
        DATABASE_URL: this.databaseUrl,
        DATA_DIR: join(this.directory, 'data'),
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        OTLP_ENDPOINT: this.collector.url,
        // Jobs that are due every half minute or minute are due often enough to be seen.
        OBJECT_COLLECTION_INTERVAL_SECONDS: '5',
        OBJECT_SIZE_INTERVAL_SECONDS: '5',
        RETENTION_INTERVAL_SECONDS: '5',
      },
      readyUrl: `http://${target}/readyz`,
    });
    return { target, child };
  }

  /** Tells Prometheus where the targets of a job are; it follows the file by itself. */
  async setTargets(job: string, targets: readonly string[]): Promise<void> {
    await mkdir(join(this.configuration, 'targets'), { recursive: true });
    const list = targets.map((target) => `'${target}'`).join(', ');
    await writeFile(join(this.configuration, 'targets', `${job}.yml`), `- targets: [${list}]\n`);
  }

  private async startAll(): Promise<void> {
    this.databaseUrl = await createTestDatabase();
    await this.copyConfiguration();
    const { target } = await this.startServer();
    await this.setTargets('tams-api', [target]);
    await this.breakProfiles();
    this.load = new MixedLoad(`http://${target}`, {
      faults: true,
      webhooks: this.webhooks.map((receiver) => receiver.url),
    });
    await this.load.start();
    await this.startExporters();
    const alertmanager = await this.startAlertmanager();
    await this.setTargets('alertmanager', [alertmanager]);
    await this.startPrometheus();
  }

  private async startedChild(settings: Parameters<typeof startChild>[0]): Promise<Child> {
    const child = await startChild(settings);
    this.children.push(child);
    return child;
  }

  /** From now on requests for profiles are answered 500: a fault no client causes. */
  private async breakProfiles(): Promise<void> {
    await this.query('ALTER TABLE profiles RENAME TO profiles_away');
  }

  private async query(statement: string): Promise<readonly unknown[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  private async copyConfiguration(): Promise<void> {
    const source = join(ROOT, 'deploy/prometheus');
    await mkdir(this.configuration);
    await cp(join(source, 'rules'), join(this.configuration, 'rules'), { recursive: true });
    const names = await readdir(join(this.configuration, 'rules'));
    for (const path of ['prometheus.yml', ...names.map((name) => `rules/${name}`)]) {
      const text = await readFile(join(source, path), 'utf8');
      await writeFile(join(this.configuration, path), substituted(path, text));
    }
  }

  private async startExporters(): Promise<void> {
    const node = `127.0.0.1:${await freePort()}`;
    await this.startedChild({
      program: programPath('prometheus-node-exporter'),
      arguments: [`--web.listen-address=${node}`],
      readyUrl: `http://${node}/metrics`,
    });
    await this.setTargets('node', [node]);
    const postgres = `127.0.0.1:${await freePort()}`;
    await this.startedChild({
      program: programPath('prometheus-postgres-exporter'),
      arguments: [`--web.listen-address=${postgres}`],
      environment: { DATA_SOURCE_NAME: `${this.databaseUrl}?sslmode=disable` },
      readyUrl: `http://${postgres}/metrics`,
    });
    await this.setTargets('postgres', [postgres]);
  }

  /** Through the shipped entry point, with the webhook as the only receiver. */
  private async startAlertmanager(): Promise<string> {
    const { address, settings } = await alertmanagerSettings(this.directory, this.receiver.url);
    await this.startedChild(settings);
    return address;
  }

  /** With the flags of docker-compose.yml; only its directories and its address are replaced. */
  private async startPrometheus(): Promise<void> {
    const address = `127.0.0.1:${await freePort()}`;
    await this.setTargets('prometheus', [address]);
    const flags = (composeFile().services['prometheus']?.command ?? [])
      .filter((flag) => !flag.startsWith('--web.external-url'))
      .map((flag) =>
        flag
          .replace('/etc/prometheus', this.configuration)
          .replace('path=/prometheus', `path=${join(this.directory, 'tsdb')}`),
      );
    await this.startedChild({
      program: programPath('prometheus'),
      arguments: [...flags, `--web.listen-address=${address}`],
      environment: { GRAFANA_URL: 'http://grafana.test:3000', RUNBOOKS_URL: 'docs/runbooks' },
      readyUrl: `http://${address}/-/ready`,
    });
    this.prometheusClient = new PrometheusClient(`http://${address}`);
  }
}
