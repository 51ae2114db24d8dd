import { request } from 'node:http';
import { Cluster } from './support/cluster';
import { describeWithHaproxy } from './support/haproxy';

/** Requests a minute that one server takes from one caller. */
const LIMIT = 20;
const SERVERS = 3;

describeWithHaproxy('callers behind HAProxy', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({ RATE_LIMIT_PER_MINUTE: String(LIMIT) });
  });
  afterAll(() => (cluster as Cluster | undefined)?.stop());

  /** Status of a GET from an address of this machine, whatever the caller says of itself. */
  function ask(localAddress: string, forwarded: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { 'x-forwarded-for': forwarded };
      const asked = request(`${cluster.url}/service`, { localAddress, headers, agent: false }, (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode);
        });
      });
      asked.once('error', reject).end();
    });
  }

  it('have a limit at each server by their own address, not by the balancer’s, and not by what they say it is', async () => {
    const statuses: (number | undefined)[] = [];
    for (let count = 0; count < (LIMIT + 2) * SERVERS; count += 1)
      statuses.push(await ask('127.0.0.1', `192.0.2.${count}`));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const taken = statuses.filter((status) => status === 200).length;
    expect(taken).toBeGreaterThanOrEqual(LIMIT);
    expect(taken).toBeLessThanOrEqual(LIMIT * SERVERS);
    expect(await ask('127.0.0.5', '127.0.0.1')).toBe(200);
  });

  it('cannot scrape one server by chance', async () => {
    expect((await fetch(`${cluster.url}/metrics`)).status).toBe(404);
  });

  it('are told when to come again while no server is ready', async () => {
    await cluster.postgres.kill();
    for (const index of cluster.replicas.keys()) await cluster.balancer.sees(index, 'NOLB');
    const answer = await fetch(`${cluster.url}/service`);
    await cluster.postgres.restart();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ title: 'Service Unavailable', status: 503 });
    for (const index of cluster.replicas.keys()) await cluster.balancer.sees(index, 'UP');
  });
});
