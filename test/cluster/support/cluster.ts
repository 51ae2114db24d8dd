import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TamsClient } from '../../contract/tams-client';
import { BreakablePostgres } from '../../faults/support/breakable-postgres';
import { BreakableServer } from '../../faults/support/breakable-server';
import { freePort } from '../../stack/child';
import { BreakableLink } from '../../support/breakable-link';
import { Haproxy } from './haproxy';

/** Three processes of the built server on one PostgreSQL and one directory of media, behind a balancer. */
export class Cluster {
  readonly replicas: BreakableServer[] = [];
  /** Between the last server and the others: its way to the database, and the balancer's to it. */
  private readonly links: BreakableLink[] = [];
  private directory = '';
  private database: BreakablePostgres | undefined;
  private haproxy: Haproxy | undefined;

  /** @param environment settings of all three servers, on top of those a balancer needs */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Cluster> {
    const cluster = new Cluster();
    try {
      await cluster.open(environment);
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

  /** Where clients find it. */
  get url(): string {
    return this.balancer.url;
  }

  /** A client of the balancer that checks the contract. */
  get client(): TamsClient {
    return new TamsClient(this.url);
  }

  /** Takes the network from the last server: nothing passes between it and the database, or the balancer, and nobody is told. */
  cutOff(): void {
    for (const link of this.links) link.silence();
  }

  mend(): void {
    for (const link of this.links) link.mend();
  }

  async stop(): Promise<void> {
    await this.haproxy?.stop();
    for (const replica of this.replicas) await replica.stop();
    for (const link of this.links) await link.stop();
    await this.database?.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async open(environment: Readonly<Record<string, string>>): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'tams-cluster-'));
    this.database = await BreakablePostgres.start();
    const port = await freePort();
    const settings = {
      DATA_DIR: this.directory,
      PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
      TRUST_PROXY: '1',
      DATABASE_STATEMENT_TIMEOUT_SECONDS: '5',
      SHUTDOWN_DRAIN_SECONDS: '3',
      ...environment,
    };
    const toDatabase = await this.link(this.database.url);
    for (const [host, databaseUrl] of [
      ['127.0.0.2', this.database.url],
      ['127.0.0.3', this.database.url],
      ['127.0.0.4', toDatabase.url],
    ] as const)
      this.replicas.push(await BreakableServer.start({ ...settings, HOST: host, DATABASE_URL: databaseUrl }));
    const [first, second, third] = this.replicas.map(({ url }) => url) as [string, string, string];
    this.haproxy = await Haproxy.start(port, [first, second, (await this.link(third)).url]);
    for (const index of this.replicas.keys()) await this.balancer.sees(index, 'UP');
  }

  private async link(url: string): Promise<BreakableLink> {
    const link = await BreakableLink.to(url);
    this.links.push(link);
    return link;
  }
}
