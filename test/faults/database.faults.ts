import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { BreakablePostgres } from './support/breakable-postgres';
import { BreakableServer } from './support/breakable-server';
import { Chance } from './support/chance';
import { Answers, Ingester } from './support/ingester';
import { brokenInvariants } from './support/invariants';
import { statusOf } from './support/status';

/** Longest any answer may take while PostgreSQL says nothing: a statement's time (2 + 2 s), a wait for a connection (5 s), and room. */
const LONGEST_ANSWER_MS = 14_000;
/** How soon the server must be ready once PostgreSQL is well again. */
const LONGEST_RECOVERY_MS = 15_000;

let postgres: BreakablePostgres;
let server: BreakableServer;
let directory: string;
let pid: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-faults-'));
  postgres = await BreakablePostgres.start();
  server = await BreakableServer.start({
    DATABASE_URL: postgres.url,
    DATA_DIR: directory,
    DATABASE_STATEMENT_TIMEOUT_SECONDS: '2',
  });
  pid = server.pid;
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

/** No fault here is one the server may end of. */
afterEach(async () => {
  await server.becomesReady(LONGEST_RECOVERY_MS);
  expect(server.pid).toBe(pid);
});

async function newFlow(): Promise<ReturnType<typeof videoFlow>> {
  const flow = videoFlow();
  expect((await server.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  return flow;
}

it('a PostgreSQL that is paused gives 503 in time, for reads and writes, and is used again at once', async () => {
  const flow = await newFlow();
  const answers = new Answers();
  postgres.pause();
  try {
    const requests = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0
        ? answers.send('GET', `${server.url}/flows/${flow.id}/segments`)
        : answers.send('PUT', `${server.url}/flows/${flow.id}/label`, 'late'),
    );
    const alive = await statusOf(`${server.url}/livez`);
    const ready = await statusOf(`${server.url}/readyz`, LONGEST_ANSWER_MS);
    const outcomes = await Promise.all(requests);
    expect({ alive, ready }).toEqual({ alive: 200, ready: 503 });
    expect(outcomes.filter(({ status }) => status !== 503)).toEqual([]);
    expect(answers.unclean).toEqual([]);
    expect(answers.slowestMs).toBeLessThan(LONGEST_ANSWER_MS);
  } finally {
    postgres.resume();
  }
  const ready = await server.becomesReady(LONGEST_RECOVERY_MS);
  expect((await server.client.put(`/flows/${flow.id}/label`, 'in time')).status).toBe(204);
  console.log(
    `PostgreSQL paused: 200 requests answered 503, the slowest after ${answers.slowestMs} ms; ready ${ready} ms after it went on`,
  );
});

it('a PostgreSQL without free connections gives 503, and is used again once there are some', async () => {
  const flow = await newFlow();
  await postgres.query('ALTER ROLE tams CONNECTION LIMIT 0');
  const answers = new Answers();
  try {
    await postgres.terminateSessions();
    const requests = Array.from({ length: 100 }, () => answers.send('GET', `${server.url}/flows/${flow.id}`));
    const outcomes = await Promise.all(requests);
    expect(outcomes.filter(({ status }) => status !== 503)).toEqual([]);
    expect(answers.unclean).toEqual([]);
  } finally {
    await postgres.query('ALTER ROLE tams CONNECTION LIMIT -1');
  }
  const ready = await server.becomesReady(LONGEST_RECOVERY_MS);
  expect((await server.client.get(`/flows/${flow.id}`)).status).toBe(200);
  console.log(
    `no free connections: 100 requests answered 503, the slowest after ${answers.slowestMs} ms; ready ${ready} ms after there were some`,
  );
});

/** What a deadlock between the server and another client came to. */
async function deadlock(
  flow: ReturnType<typeof videoFlow>,
  other: Client,
  onlooker: Client,
): Promise<'server' | 'other'> {
  const waiting = async (): Promise<number | null> =>
    (
      await onlooker.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'tams-api' AND wait_event_type = 'Lock'`,
      )
    ).rowCount;
  // The server locks the Flow and then its Source; this other client the Source and then the Flow.
  await other.query('BEGIN');
  await other.query('SELECT 1 FROM sources WHERE id = $1 FOR UPDATE', [flow.source_id]);
  const answer = server.client.put(`/flows/${flow.id}`, { ...flow, label: 'changed' });
  await eventually(waiting, (count) => (count ?? 0) > 0, { what: 'the server waits for the Source', atMost: 5_000 });
  const victim = await other.query('SELECT 1 FROM flows WHERE id = $1 FOR UPDATE', [flow.id]).then(
    () => 'server' as const,
    (error: unknown) => {
      expect((error as { code?: string }).code).toBe('40P01');
      return 'other' as const;
    },
  );
  await other.query('ROLLBACK');
  expect((await answer).status).toBe(204);
  return victim;
}

it('a deadlock costs a client a second, not an error', async () => {
  const flow = await newFlow();
  const other = new Client({ connectionString: postgres.url });
  // Connected beforehand: the server's statement waits two seconds for its lock, and each look takes part of them.
  const onlooker = new Client({ connectionString: postgres.url });
  await Promise.all([other.connect(), onlooker.connect()]);
  const victims = { server: 0, other: 0 };
  try {
    // PostgreSQL chooses whose transaction it ends: mostly that of the server, which waited first.
    while (victims.server < 3 && victims.other < 10) victims[await deadlock(flow, other, onlooker)] += 1;
  } finally {
    await Promise.all([other.end(), onlooker.end()]);
  }
  expect(victims.server).toBe(3);
  console.log(
    `deadlocks: ${victims.server} times the server's transaction was ended and tried again, every request answered 204`,
  );
});

describe('under write load', () => {
  let answers: Answers;
  let ingesters: Ingester[];

  beforeEach(() => {
    answers = new Answers();
    ingesters = [1, 2, 3, 4].map((seed) => new Ingester(server.url, answers, new Chance(seed)));
    for (const ingester of ingesters) ingester.start();
  });
  afterEach(async () => {
    await Promise.all(ingesters.map((ingester) => ingester.pause()));
    expect(answers.unclean).toEqual([]);
    expect(await brokenInvariants(server, postgres, ingesters)).toEqual([]);
  });

  const acknowledged = (): number => ingesters.reduce((sum, one) => sum + one.acknowledged.size, 0);

  it('a disk that takes a tenth of a second for each commit only makes writes slow', async () => {
    await eventually(acknowledged, (count) => count > 50, { what: 'writing has begun', atMost: 20_000 });
    await postgres.query('ALTER SYSTEM SET commit_siblings = 0');
    await postgres.query('ALTER SYSTEM SET commit_delay = 100000');
    await postgres.query('SELECT pg_reload_conf()');
    try {
      const before = acknowledged();
      await eventually(acknowledged, (count) => count > before + 100, { what: 'writing goes on', atMost: 60_000 });
      expect(answers.byStatus.get(503) ?? 0).toBe(0);
    } finally {
      await postgres.query('ALTER SYSTEM RESET ALL');
      await postgres.query('SELECT pg_reload_conf()');
    }
    console.log(`slow commits: ${acknowledged()} segments acknowledged, slowest answer ${answers.slowestMs} ms`);
  });

  it('a PostgreSQL that stalls again and again is waited for', async () => {
    await eventually(acknowledged, (count) => count > 50, { what: 'writing has begun', atMost: 20_000 });
    const before = acknowledged();
    for (let stall = 0; stall < 20; stall += 1) {
      postgres.pause();
      await delay(200);
      postgres.resume();
      await delay(50);
    }
    await eventually(acknowledged, (count) => count > before, { what: 'writing went on', atMost: 20_000 });
    console.log(
      `20 stalls of 200 ms: ${acknowledged() - before} segments acknowledged meanwhile, slowest answer ${answers.slowestMs} ms`,
    );
  });

  it('connections that PostgreSQL ends are replaced', async () => {
    for (let blow = 0; blow < 20; blow += 1) {
      const before = acknowledged();
      await postgres.terminateSessions();
      await eventually(acknowledged, (count) => count > before, { what: 'writing goes on', atMost: 20_000 });
    }
    console.log(
      `20 times all connections ended: ${[...answers.byStatus].map(([status, count]) => `${count} × ${status}`).join(', ')}`,
    );
  });
});
