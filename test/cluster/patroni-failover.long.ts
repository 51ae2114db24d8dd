import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreakableServer } from '../faults/support/breakable-server';
import { Chance } from '../faults/support/chance';
import { Answers } from '../faults/support/ingester';
import { describeWithPatroni, type Failure, failures, PatroniCluster } from './support/patroni-cluster';
import { CLUSTER_SEED } from './support/run';
import { spread } from './support/spread';
import { Writers } from './support/witnesses';

const SWITCHES = Number(process.env['CLUSTER_SWITCHES'] ?? 50);

/** One switch: how long until there was another primary, and until every writer was served again, in milliseconds after the fault. */
interface Seen {
  readonly how: Failure;
  readonly promoted: number;
  readonly served: number;
}

describeWithPatroni('Patroni with three members', () => {
  let postgres: PatroniCluster;
  let server: BreakableServer;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tams-failover-'));
    postgres = await PatroniCluster.start();
    server = await BreakableServer.start({ DATABASE_URL: postgres.url, DATA_DIR: directory });
  });
  afterAll(async () => {
    await (server as BreakableServer | undefined)?.stop();
    await (postgres as PatroniCluster | undefined)?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it(`a server goes on by itself after each of ${SWITCHES} switches, and keeps what it acknowledged`, async () => {
    const chance = new Chance(CLUSTER_SEED);
    const { pid } = server;
    const seen: Seen[] = [];
    for (let count = 0; count < SWITCHES; count += 1) {
      const writers = new Writers({ url: server.url, client: server.client, postgres }, new Answers(), chance);
      writers.start();
      await writers.servedMs();
      const how = failures[count % failures.length]!;
      const start = Date.now();
      await postgres.fail(how);
      const promoted = Date.now() - start;
      await server.becomesReady();
      await writers.servedMs();
      const served = Date.now() - start;
      await postgres.rejoin();
      await writers.servedMs();
      const kept = await writers.expectKept();
      expect(server.pid).toBe(pid);
      await postgres.hasNoSessionsElsewhere();
      seen.push({ how, promoted, served });
      console.log(`${count + 1} ${how}: another primary after ${promoted} ms, served after ${served} ms; ${kept}`);
    }
    for (const how of failures) {
      const these = seen.filter((one) => one.how === how);
      console.log(
        `${how}, ${these.length} times: another primary ${spread(these.map(({ promoted }) => promoted))} after it, every writer served ` +
          `${spread(these.map(({ served }) => served))} after it, ${spread(these.map((one) => one.served - one.promoted))} after the promotion`,
      );
    }
  });
});
