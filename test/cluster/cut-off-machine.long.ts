import { setTimeout as delay } from 'node:timers/promises';
import { Answers } from '../faults/support/ingester';
import { Chance } from '../faults/support/chance';
import { Cluster } from './support/cluster';
import { describeWithHaproxy } from './support/haproxy';
import { whyNoNetworks } from './support/network';
import { CLUSTER_SEED } from './support/run';
import { spread } from './support/spread';
import { Witnesses } from './support/witnesses';

const ROUNDS = 10;

function describeWithNetworks(name: string, tests: () => void): void {
  const reason = whyNoNetworks();
  if (reason === undefined) describeWithHaproxy(name, tests);
  else describe.skip(`${name} (skipped: ${reason})`, tests);
}

describeWithNetworks('three servers behind HAProxy, one on a machine of its own', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({}, { hasNetwork: true });
  });
  afterAll(() => (cluster as Cluster | undefined)?.stop());

  it(`the others go on each of ${ROUNDS} times that machine leaves the network, and it comes back in order`, async () => {
    const chance = new Chance(CLUSTER_SEED);
    const seen: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const witnesses = await Witnesses.begin(cluster, new Answers([0, 502, 503, 504]), chance);
      try {
        await delay(chance.between(200, 1000));
        const start = Date.now();
        await cluster.cutOff();
        await cluster.balancer.sees(2, 'DOWN');
        await witnesses.servedMs();
        seen.push(Date.now() - start);
        await cluster.mend();
        await cluster.balancer.sees(2, 'UP');
        console.log(`cut off by the network, ${round + 1}: ${await witnesses.expectAllKept()}`);
      } finally {
        await cluster.mend();
        await witnesses.close();
      }
    }
    console.log(`cut off by the network, ${ROUNDS} times: every client served ${spread(seen)} later`);
  });
});
