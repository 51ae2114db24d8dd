import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, poolOf } from '../../libs/platform/src/database/data-source';
import { BreakableServer } from '../faults/support/breakable-server';
import { Chance } from '../faults/support/chance';
import { Answers } from '../faults/support/ingester';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { ReplicatedPostgres, type Switch, switches } from './support/replicated-postgres';
import { CLUSTER_LONG, CLUSTER_SEED } from './support/run';
import { spread } from './support/spread';
import { Witnesses } from './support/witnesses';

const SWITCHES = CLUSTER_LONG ? 50 : 3;

let postgres: ReplicatedPostgres;
let server: BreakableServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-failover-'));
  postgres = await ReplicatedPostgres.start();
  // The time a statement may take stays as it is: what hangs on a lost primary must not wait for it.
  server = await BreakableServer.start({ DATABASE_URL: postgres.url, DATA_DIR: directory });
});
afterAll(async () => {
  await (server as BreakableServer | undefined)?.stop();
  await (postgres as ReplicatedPostgres | undefined)?.stop();
  await rm(directory, { recursive: true, force: true });
});

it(`a server goes on by itself after each of ${SWITCHES} switches of its primary, and keeps what it acknowledged`, async () => {
  const chance = new Chance(CLUSTER_SEED);
  const { pid } = server;
  const seen: (readonly [Switch, number])[] = [];
  for (let count = 0; count < SWITCHES; count += 1) {
    const written = { url: server.url, client: server.client, postgres };
    const witnesses = await Witnesses.begin(written, new Answers(), chance);
    const how = switches[count % switches.length]!;
    try {
      await witnesses.servedMs();
      await postgres.fail(how);
      const start = Date.now();
      await server.becomesReady();
      await witnesses.servedMs();
      seen.push([how, Date.now() - start]);
      await postgres.rejoin();
      await witnesses.servedMs();
      console.log(`${how}: ${await witnesses.expectAllKept()}`);
    } finally {
      await witnesses.close();
    }
    expect(server.pid).toBe(pid);
  }
  for (const how of switches) {
    const times = seen.flatMap(([one, milliseconds]) => (one === how ? [milliseconds] : []));
    console.log(`${how}: ${times.length} times, every writer served again ${spread(times)} after the promotion`);
  }
});

it('a write that the synchronous standby does not have is not acknowledged, however long it takes', async () => {
  const impatient = await BreakableServer.start({
    DATABASE_URL: postgres.url,
    DATA_DIR: directory,
    DATABASE_STATEMENT_TIMEOUT_SECONDS: '2',
  });
  const flow = videoFlow();
  const put = () => impatient.client.put(`/flows/${flow.id}`, flow);
  try {
    postgres.hold('paused');
    const [once, again] = [await put(), await put()];
    expect([once.status, again.status]).toEqual([503, 503]);
    expect(once.headers.get('retry-after')).not.toBeNull();
    postgres.hold('going on');
    await eventually(put, ({ status }) => status === 204, {
      what: 'it is acknowledged once the standby is back',
      atMost: 120_000,
    });
  } finally {
    postgres.hold('going on');
    await impatient.stop();
  }
});

it('the certificate of a host is checked, and so is its name', async () => {
  const ask = async (url: string): Promise<unknown> => {
    const dataSource = createDataSource({ url, poolSize: 2, statementTimeoutSeconds: 5 });
    try {
      await dataSource.initialize();
      return (await poolOf(dataSource).query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows;
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
    }
  };
  expect(await ask(postgres.url)).toEqual([{ ssl: true }]);
  await expect(ask(postgres.url.replaceAll('127.0.0.1', 'localhost'))).rejects.toThrow(/localhost/);
  await expect(ask(postgres.url.replace(/&sslrootcert=.*/, ''))).rejects.toThrow(/self-signed certificate/);
});
