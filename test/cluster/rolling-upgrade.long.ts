import { Answers } from '../faults/support/ingester';
import { builtServer } from '../faults/support/breakable-server';
import { Chance } from '../faults/support/chance';
import { videoFlow } from '../support/flow-fixtures';
import { Cluster } from './support/cluster';
import { describeWithEarlierVersion, EarlierVersion } from './support/earlier-version';
import { describeWithHaproxy } from './support/haproxy';
import { CLUSTER_SEED } from './support/run';
import { Witnesses } from './support/witnesses';

describeWithEarlierVersion(describeWithHaproxy, 'three servers of the version before the newest migration', () => {
  let earlier: EarlierVersion;
  let cluster: Cluster;
  beforeAll(async () => {
    earlier = await EarlierVersion.build();
    cluster = await Cluster.start({}, { program: earlier.program });
  });
  afterAll(async () => {
    await (cluster as Cluster | undefined)?.stop();
    await (earlier as EarlierVersion | undefined)?.remove();
  });

  it('are upgraded one by one: no client that sends again after 503 sees anything else', async () => {
    expect(await migrationsApplied()).toBe(earlier.migrations);
    const seen = await underLoad(async (witnesses) => {
      for (const index of cluster.replicas.keys()) {
        await replace(index, builtServer());
        expect(await migrationsApplied()).toBeGreaterThan(earlier.migrations);
        await expectEachServes();
        await witnesses.servedMs();
      }
    });
    console.log(`upgraded one by one: ${seen}`);
  });

  it('are not started on what the newer one made of the database, unless that is allowed', async () => {
    const replica = cluster.replicas[0]!;
    await replica.terminate();
    await expect(replica.restart(earlier.program)).rejects.toThrow('changed by a newer version');
    await replica.restart();
    await cluster.balancer.sees(0, 'UP');
  });

  it('are taken back one by one, when that is allowed: no client that sends again after 503 sees anything else', async () => {
    const seen = await underLoad(async (witnesses) => {
      for (const index of cluster.replicas.keys()) {
        await replace(index, earlier.program, { ALLOW_NEWER_DATABASE: 'true' });
        await expectEachServes();
        await witnesses.servedMs();
      }
    });
    console.log(`taken back one by one: ${seen}`);
  });

  async function underLoad(work: (witnesses: Witnesses) => Promise<void>): Promise<string> {
    const witnesses = await Witnesses.begin(cluster, new Answers([503]), new Chance(CLUSTER_SEED));
    try {
      await work(witnesses);
      return await witnesses.expectAllKept();
    } finally {
      await witnesses.close();
    }
  }

  async function replace(index: number, program: readonly string[], environment: Record<string, string> = {}) {
    const replica = cluster.replicas[index]!;
    await replica.terminate();
    await replica.restart(program, environment);
    await replica.becomesReady();
    await cluster.balancer.sees(index, 'UP');
  }

  /** What one of them is told, all know, whichever version they are. */
  async function expectEachServes(): Promise<void> {
    for (const { client } of cluster.replicas) {
      const flow = videoFlow();
      expect((await client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
      for (const other of cluster.replicas)
        expect((await other.client.get<{ id: string }>(`/flows/${flow.id}`)).body.id).toBe(flow.id);
    }
  }

  async function migrationsApplied(): Promise<number> {
    const [row] = await cluster.postgres.query('SELECT count(*)::int AS count FROM schema_migrations');
    return Number(row?.['count']);
  }
});
