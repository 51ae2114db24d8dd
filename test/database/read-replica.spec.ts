import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import { ReadReplica } from '../../libs/platform/src/database/read-replica';
import type { WritePositions } from '../../libs/platform/src/database/write-position';
import { ReplicatedPostgres } from '../cluster/support/replicated-postgres';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { valueOf } from '../telemetry/scrape';

/** Two servers on a real primary and its standby: what is written through one is read through the other. */

let replicated: ReplicatedPostgres;
let writer: TestServer;
let reader: TestServer;

const read = (outcome: string): Promise<number> => valueOf('tams_replica_reads_total', { outcome });
const labels = async (server: TestServer, label: string): Promise<number> =>
  (await server.client.get<unknown[]>('/flows', { query: { label } })).body.length;

/** Writes a Flow through one server. @returns its label */
async function write(): Promise<string> {
  const flow = videoFlow({ label: `written ${crypto.randomUUID()}` });
  const { status } = await writer.client.put(`/flows/${flow.id}`, flow);
  if (status !== 201) throw new Error(`The Flow was answered ${status}.`);
  return flow.label as string;
}

/** Waits until reads are sent to the standby. */
async function answering(): Promise<void> {
  await eventually(
    async () => {
      const before = await read('replica');
      await labels(reader, 'none');
      return (await read('replica')) > before;
    },
    (isReplica) => isReplica,
    { what: 'the standby answers reads', every: 100 },
  );
}

beforeAll(async () => {
  replicated = await ReplicatedPostgres.start();
  const settings = { DATABASE_URL: replicated.url, DATABASE_READ_URL: replicated.readUrl };
  writer = await startTestServer(settings);
  reader = await startTestServer({
    ...settings,
    DATA_DIR: writer.dataDirectory,
    DATABASE_READ_WAIT_MILLISECONDS: '500',
  });
}, 120_000);
afterAll(async () => {
  await reader.stop();
  await writer.stop();
  await replicated.stop();
});

it('reads listings and pages of segments on the standby', async () => {
  await answering();
  const flow = videoFlow();
  await writer.client.put(`/flows/${flow.id}`, flow);
  const before = await read('replica');
  for (const path of ['/flows', '/sources', `/flows/${flow.id}/segments`])
    expect((await reader.client.get(path)).status).toBe(200);
  expect((await read('replica')) - before).toBe(3);
  const asked = await replicated.onStandby(
    `SELECT FROM pg_stat_activity WHERE application_name = 'tams-read' AND query ~ 's.end_ns, s.object_id'`,
  );
  expect(asked).not.toHaveLength(0);
  expect(await reader.client.get(`/flows/${flow.id}`)).toMatchObject({ status: 200 });
  expect((await read('replica')) - before).toBe(3);
});

it('shows at once what was written through another server, however the standby lags', async () => {
  await answering();
  const lagging = setInterval(() => {
    void replicated.onStandby('SELECT pg_wal_replay_pause()');
    setTimeout(() => void replicated.onStandby('SELECT pg_wal_replay_resume()'), 30);
  }, 100);
  const before = await read('replica');
  try {
    for (let count = 0; count < 60; count += 1) expect(await labels(reader, await write())).toBe(1);
  } finally {
    clearInterval(lagging);
  }
  await eventually(
    () => replicated.onStandby(`SELECT pg_wal_replay_resume(), pg_get_wal_replay_pause_state() AS state`),
    ([row]) => row?.['state'] === 'not paused',
  );
  expect(await read('replica')).toBeGreaterThan(before);
});

it('waits for a standby that is behind, and no longer than it may', async () => {
  await answering();
  const [replica, behind] = [await read('replica'), await read('behind')];
  await replicated.onStandby('SELECT pg_wal_replay_pause()');
  const label = await write();
  expect(await labels(reader, label)).toBe(1);
  expect(await read('replica')).toBe(replica);
  expect((await read('behind')) - behind).toBe(1);
  // It rests now, so that the next read does not wait.
  expect(await labels(reader, label)).toBe(1);
  expect((await read('behind')) - behind).toBe(2);
  const health = await reader.client.get<{ status: string; checks: Record<string, unknown> }>('/health');
  expect(health.body).toMatchObject({ status: 'degraded', checks: { read_replica: { status: 'degraded' } } });
  await replicated.onStandby('SELECT pg_wal_replay_resume()');
  await answering();
  expect(await labels(reader, label)).toBe(1);
});

it('npm run sql asks the primary, whichever host the URL names first', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/sql.mjs', '--json', 'SELECT pg_is_in_recovery() AS standby'],
    { env: { PATH: process.env['PATH'], DATABASE_URL: replicated.url } },
  );
  expect(JSON.parse(stdout)).toEqual([{ standby: 'f' }]);
});

it('answers a read that waited from the standby, once that has replayed what was written before', async () => {
  const pool = new Pool({ connectionString: replicated.readUrl, max: 2, application_name: 'waiting-read' });
  const [position] = await replicated.query(
    `SELECT substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) AS timeline, pg_current_wal_flush_lsn()::text AS lsn`,
  );
  const replica = replicaAt(pool, position, 60_000);
  await eventually(
    () => replica.state(),
    ({ isAnswering }) => isAnswering,
  );
  await replicated.onStandby('SELECT pg_wal_replay_pause()');
  await replicated.query('CREATE TABLE lately AS SELECT 1 AS number');
  await replicated.query('GRANT SELECT ON lately TO public');
  const [{ lsn } = { lsn: '' }] = await replicated.query('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  Object.assign(position!, { lsn });
  const answer = replica.query('SELECT number FROM lately WHERE number = $1::int', [1]);
  await eventually(
    () =>
      replicated.onStandby(
        `SELECT FROM pg_stat_activity WHERE application_name = 'waiting-read' AND query ~ 'pg_control_recovery'`,
      ),
    (waiting) => waiting.length === 1,
    { what: 'the read waits' },
  );
  await replicated.onStandby('SELECT pg_wal_replay_resume()');
  expect(await answer).toEqual({ rows: [{ number: 1 }] });
  await replica.close();
});

it('believes no standby of another timeline, whose places in the log say nothing', async () => {
  const pool = new Pool({ connectionString: replicated.readUrl, max: 2 });
  const position = { timeline: '00000001', lsn: '0/0' };
  const replica = replicaAt(pool, position, 0);
  await eventually(
    () => replica.state(),
    ({ isAnswering }) => isAnswering,
  );
  position.timeline = '00000002';
  expect(await replica.query('SELECT $1::int', [1])).toEqual({ refusal: 'behind' });
  await replica.close();
});

it('reads on the primary while the standby is lost or hangs, and on the standby again after that', async () => {
  await answering();
  await replicated.loseStandby();
  // Without it the primary would acknowledge nothing.
  await replicated.query(`ALTER SYSTEM SET synchronous_standby_names = ''`);
  await replicated.query('SELECT pg_reload_conf()');
  const unavailable = await read('unavailable');
  for (let count = 0; count < 3; count += 1) expect(await labels(reader, await write())).toBe(1);
  expect((await read('unavailable')) - unavailable).toBe(3);
  const { body } = await reader.client.get<{ status: string }>('/health');
  expect(body).toMatchObject({ status: 'degraded', checks: { read_replica: { status: 'degraded' } } });
  expect((await fetch(`${reader.url}/readyz`)).status).toBe(200);
  replicated.restartStandby();
  await answering();
  replicated.hold('paused');
  expect(await labels(reader, await write())).toBe(1);
  replicated.hold('going on');
  await answering();
}, 120_000);

/** A replica whose primary is at a position that the test says. */
function replicaAt(pool: Pool, position: unknown, waitMs: number): ReadReplica {
  return new ReadReplica(pool, { now: () => Promise.resolve(position) } as WritePositions, waitMs);
}
