import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '../support/test-server';
import { alertmanagerSettings } from './alertmanager-process';
import { type Child, poll, startChild } from './child';
import type { PrometheusClient } from './prometheus-client';
import { startPrometheus } from './prometheus-process';
import { Receiver } from './receivers';

/** Alerts that depend on how busy this machine is with other things, and the one that always fires. */
const unrelated = /^Tams(Watchdog|Host.+|Disk.+|Slow.+|EventLoopBlocked|MetadataStoreSlow|StorageSlow)$/;

/** A fault shows within a refresh of gauges, a scrape and the wait of its alert, in milliseconds; the machine may be slow. */
export const PATIENCE_MS = 360_000;

/** A server that the Prometheus of today, Debian's Alertmanager and the shipped rules watch. */
export class WatchedServer {
  private constructor(
    readonly tams: TestServer,
    readonly prometheus: PrometheusClient,
    readonly receiver: Receiver,
    private readonly directory: string,
    private readonly children: readonly Child[],
  ) {}

  /** @param program Prometheus @param environment settings of the server */
  static async start(program: string, environment: Readonly<Record<string, string>>): Promise<WatchedServer> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-watched-'));
    const tams = await startTestServer(environment);
    const receiver = await Receiver.start();
    const { address, settings } = await alertmanagerSettings(directory, receiver.url);
    const alertmanager = await startChild(settings);
    const server = new URL(tams.url).host;
    const { client, child } = await startPrometheus(program, directory, { server, alertmanager: address });
    return new WatchedServer(tams, client, receiver, directory, [alertmanager, child]);
  }

  async stop(): Promise<void> {
    for (const child of this.children.toReversed()) await child.stop();
    await this.tams.stop();
    await this.receiver.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Names of the alerts that fire, those that have nothing to do with faults left out. */
  async firing(): Promise<string[]> {
    const found = await this.prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})');
    return found
      .map(({ metric }) => metric['alertname'] ?? '')
      .filter((name) => !unrelated.test(name))
      .toSorted();
  }

  /** Waits until these alerts fire and no other. */
  async fires(...names: readonly string[]): Promise<void> {
    let last: string[] = [];
    await poll(`exactly ${names.join(', ')} to fire`, PATIENCE_MS, async () => {
      last = await this.firing();
      return last.join() === [...names].toSorted().join();
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message} Firing were: ${last.join(', ') || 'none'}`, { cause: error });
    });
  }

  /** Waits until somebody who was called has heard that it is over. @param after as many notifications do not count */
  async resolutionOf(names: readonly string[], after = 0): Promise<void> {
    await poll(`the resolution of ${names.join(', ')} to be sent`, PATIENCE_MS, () => {
      const sent = this.receiver
        .notifications()
        .slice(after)
        .flatMap(({ alerts }) => alerts);
      const told = (name: string, status: string) =>
        sent.some((alert) => alert.labels['alertname'] === name && alert.status === status);
      return Promise.resolve(names.every((name) => told(name, 'firing') && told(name, 'resolved')));
    });
  }
}
