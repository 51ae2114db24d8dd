import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TamsClient } from '../../contract/tams-client';
import { BreakablePostgres } from '../../faults/support/breakable-postgres';
import { BreakableServer } from '../../faults/support/breakable-server';
import { freePort } from '../../stack/child';
import { BreakableLink } from '../../support/breakable-link';
import { PgBouncer } from '../../support/pgbouncer';
import { Haproxy } from './haproxy';
import { type Machine, Network } from './network';

export interface ClusterOptions {
  /** Another build than this tree's, see `builtServer`. */
  readonly program?: readonly string[];
  /** Whether PgBouncer stands before PostgreSQL, sharing sessions by transaction. */
  readonly hasPooler?: boolean;
  /** Whether the last server is on a machine of its own in a network of the kernel (needs root), and not behind links of ours. */
  readonly hasNetwork?: boolean;
}

type ServerSettings = Readonly<Record<string, string>> & { readonly DATABASE_URL: string };

/** Three processes of the built server on one PostgreSQL and one directory of media, behind a balancer. */
export class Cluster {
  readonly replicas: BreakableServer[] = [];
  /** Between the last server and the others: its way to the database, and the balancer's to it. */
  private readonly links: BreakableLink[] = [];
  private directory = '';
  private database: BreakablePostgres | undefined;
  private bouncer: PgBouncer | undefined;
  private network: Network | undefined;
  private machine: Machine | undefined;
  private haproxy: Haproxy | undefined;

  /** @param environment settings of all three servers, on top of those a balancer needs */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    options: ClusterOptions = {},
  ): Promise<Cluster> {
    const cluster = new Cluster();
    try {
      await cluster.open(environment, options);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get postgres(): BreakablePostgres {
    if (!this.database) throw new Error('The cluster has no PostgreSQL.');
    return this.database;
  }

  get balancer(): Haproxy {
    if (!this.haproxy) throw new Error('The cluster has no balancer.');
    return this.haproxy;
  }

  get pooler(): PgBouncer {
    if (!this.bouncer) throw new Error('The cluster has no pooler.');
    return this.bouncer;
  }

  /** Where clients find it. */
  get url(): string {
    return this.balancer.url;
  }

  /** A client of the balancer that checks the contract. */
  get client(): TamsClient {
    return new TamsClient(this.url);
  }

  /** Takes the network from the last server: nothing passes between it and the database, or the balancer, and nobody is told. */
  async cutOff(): Promise<void> {
    if (this.machine) await this.machine.cutOff();
    else for (const link of this.links) link.silence();
  }

  async mend(): Promise<void> {
    if (this.machine) await this.machine.mend();
    else for (const link of this.links) link.mend();
  }

  async stop(): Promise<void> {
    await this.haproxy?.stop();
    for (const replica of this.replicas) await replica.stop();
    for (const link of this.links) await link.stop();
    await this.network?.remove();
    await this.bouncer?.stop();
    await this.database?.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async open(environment: Readonly<Record<string, string>>, options: ClusterOptions): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'tams-cluster-'));
    this.database = await BreakablePostgres.start();
    if (options.hasPooler) this.bouncer = await PgBouncer.start(this.database.url, 'transaction');
    const databaseUrl = this.bouncer?.urlOf(this.database.url) ?? this.database.url;
    const port = await freePort();
    const settings = {
      DATA_DIR: this.directory,
      PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
      TRUST_PROXY: '1',
      DATABASE_STATEMENT_TIMEOUT_SECONDS: '5',
      SHUTDOWN_DRAIN_SECONDS: '3',
      ...(options.hasPooler && { DATABASE_DIRECT_URL: this.database.url }),
      DATABASE_URL: databaseUrl,
      ...environment,
    };
    for (const HOST of ['127.0.0.2', '127.0.0.3'])
      this.replicas.push(await BreakableServer.start({ ...settings, HOST }, options.program));
    const third = options.hasNetwork
      ? await this.startApart(settings, options)
      : await this.startBehindLinks(settings, options);
    const [first, second] = this.replicas.map(({ url }) => url) as [string, string];
    this.haproxy = await Haproxy.start(port, [first, second, third]);
    for (const index of this.replicas.keys()) await this.balancer.sees(index, 'UP');
  }

  /** Starts the last server behind links of ours. @returns its URL for the balancer */
  private async startBehindLinks(settings: ServerSettings, { program }: ClusterOptions): Promise<string> {
    const { url } = await this.link(settings.DATABASE_URL);
    const replica = await BreakableServer.start({ ...settings, HOST: '127.0.0.4', DATABASE_URL: url }, program);
    this.replicas.push(replica);
    return (await this.link(replica.url)).url;
  }

  /** Starts the last server on a machine of its own. @returns its URL for the balancer */
  private async startApart(settings: ServerSettings, { program }: ClusterOptions): Promise<string> {
    this.network = await Network.create();
    this.machine = await this.network.addMachine();
    const { address, launcher } = this.machine;
    // PostgreSQL listens for this machine alone.
    const { url } = await this.link(settings.DATABASE_URL, this.network.ownAddress);
    const replica = await BreakableServer.start({ ...settings, HOST: address, DATABASE_URL: url }, program, launcher);
    this.replicas.push(replica);
    return replica.url;
  }

  private async link(url: string, host?: string): Promise<BreakableLink> {
    const link = await BreakableLink.to(url, host);
    this.links.push(link);
    return link;
  }
}
