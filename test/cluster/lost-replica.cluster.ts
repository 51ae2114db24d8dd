import { setTimeout as delay } from 'node:timers/promises';
import { gaugesCatchUp } from '../faults/support/invariants';
import { Answers } from '../faults/support/ingester';
import { Chance } from '../faults/support/chance';
import { Cluster } from './support/cluster';
import { CLUSTER_LONG, CLUSTER_SEED } from './support/run';
import { describeWithHaproxy } from './support/haproxy';
import { Witnesses, Writers } from './support/witnesses';

/** How often each fault comes. */
const ROUNDS = CLUSTER_LONG ? 10 : 1;
/** What clients of a replica that was lost send again: no answer, and what the balancer says of it. */
const LOST = [0, 502, 503, 504];

describeWithHaproxy('three servers behind HAProxy', () => {
  const chance = new Chance(CLUSTER_SEED);
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
  });
  afterAll(() => (cluster as Cluster | undefined)?.stop());

  /** Runs a fault under load. @param fault is given what to wait for: that every client is served while the replica is lost */
  async function round(name: string, answers: Answers, fault: (servedMs: () => Promise<number>) => Promise<string>) {
    // Whatever a round before may have left.
    for (const index of cluster.replicas.keys()) await cluster.balancer.sees(index, 'UP');
    const witnesses = await Witnesses.begin(cluster, answers, chance);
    try {
      await delay(chance.between(200, 1000));
      const seen = await fault(() => witnesses.servedMs());
      for (const index of cluster.replicas.keys()) await cluster.balancer.sees(index, 'UP');
      console.log(`${name}: ${seen}; ${await witnesses.expectAllKept()}`);
    } finally {
      await witnesses.close();
    }
  }

  it.each(rounds(['rolling restart']))(
    '%s %d: no client that sends again after 503 sees anything else',
    async (name) => {
      const answers = new Answers([503]);
      await round(name, answers, async () => {
        for (const [index, replica] of cluster.replicas.entries()) {
          await replica.terminate();
          await replica.restart();
          await replica.becomesReady();
          await cluster.balancer.sees(index, 'UP');
        }
        return 'each restarted in turn';
      });
    },
  );

  it.each(rounds(['replica killed']))('%s %d: the others go on with all it did', async (name) => {
    await round(name, new Answers(LOST), async (servedMs) => {
      const [replica] = cluster.replicas;
      await replica!.kill();
      const milliseconds = await servedMs();
      await replica!.restart();
      await replica!.becomesReady();
      return `every client served ${milliseconds} ms later`;
    });
  });

  it.each(rounds(['replica paused']))('%s %d: the others go on, and it comes back in order', async (name) => {
    await round(name, new Answers(LOST), async (servedMs) => {
      const replica = cluster.replicas[1]!;
      replica.pause();
      try {
        await cluster.balancer.sees(1, 'DOWN');
        return `every client served ${await servedMs()} ms after the balancer saw it`;
      } finally {
        replica.resume();
      }
    });
  });

  it.each(rounds(['replica cut off']))('%s %d: the others go on, and it comes back in order', async (name) => {
    await round(name, new Answers(LOST), async (servedMs) => {
      await cluster.cutOff();
      try {
        await cluster.balancer.sees(2, 'DOWN');
        return `every client served ${await servedMs()} ms after the balancer saw it`;
      } finally {
        await cluster.mend();
      }
    });
  });

  it('counters of all three add up to what clients were answered, and each gauge is the truth', async () => {
    const before = await Promise.all(cluster.replicas.map(({ url }) => writesCounted(url)));
    const answers = new Answers([503]);
    const writers = new Writers(cluster, answers, chance);
    writers.start();
    await writers.servedMs();
    await delay(1000);
    await writers.expectKept();
    const after = await Promise.all(cluster.replicas.map(({ url }) => writesCounted(url)));
    const shares = after.map((counted, index) => difference(counted, before[index]!));
    expect(servedIn(sum(shares))).toEqual(servedIn(answers.byStatus));
    // Each had its share, or the sum says nothing.
    for (const share of shares) expect(share.get(201)).toBeGreaterThan(0);
    for (const replica of cluster.replicas) await gaugesCatchUp(replica, cluster.postgres);
  });
});

function rounds(names: readonly string[]): [string, number][] {
  return names.flatMap((name) => Array.from({ length: ROUNDS }, (_, index): [string, number] => [name, index + 1]));
}

/** What one server has counted of writes to Flows and their segments, by status. */
async function writesCounted(url: string): Promise<Map<number, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counted = new Map<number, number>();
  for (const [, labels = '', value] of text.matchAll(/^tams_http_requests_total\{(.*)\} (\d+)$/gm)) {
    if (!/method="(PUT|POST)"/.test(labels) || !labels.includes('endpoint="/flows/')) continue;
    const status = Number(/status_code="(\d+)"/.exec(labels)?.[1]);
    counted.set(status, (counted.get(status) ?? 0) + Number(value));
  }
  return counted;
}

/** All but 503, which the balancer says too, of its own: no server counts that. */
function servedIn(counted: ReadonlyMap<number, number>): Record<string, number> {
  return Object.fromEntries([...counted].filter(([status]) => status !== 503));
}

function difference(after: ReadonlyMap<number, number>, before: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...after].map(([status, count]) => [status, count - (before.get(status) ?? 0)]));
}

function sum(shares: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const all = new Map<number, number>();
  for (const share of shares)
    for (const [status, count] of share) if (count > 0) all.set(status, (all.get(status) ?? 0) + count);
  return all;
}
