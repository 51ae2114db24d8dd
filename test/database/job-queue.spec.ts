import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { configureLogging } from '@tams/telemetry';
import { currentCorrelationId, withCorrelation } from '@tams/telemetry';
import { Pool } from 'pg';
import { z } from 'zod';
import { createTestDatabase } from '../support/test-database';
import { Database } from '@tams/platform';
import { JobQueue } from '@tams/platform';
import type { Job, JobContext, JobDefinition } from '@tams/platform';

const letter = z.object({ text: z.string() });
type Letter = z.output<typeof letter>;

let databaseUrl: string;
let pool: Pool;
let database: Database;
const replicas: JobQueue[] = [];

beforeAll(async () => {
  // Some jobs here fail on purpose.
  configureLogging({ level: 'silent', format: 'json' });
  databaseUrl = await createTestDatabase();
  pool = new Pool({ connectionString: databaseUrl, max: 4 });
  database = new Database(pool);
});
afterEach(async () => {
  await Promise.all(replicas.splice(0).map(stop));
});
afterAll(() => pool.end());

let kinds = 0;
/** A kind no other test uses. */
const newKind = (): string => `letters-${(kinds += 1)}`;

async function start(
  kind: string,
  definition: Partial<JobDefinition<Letter>>,
  stopGraceSeconds = 1,
): Promise<JobQueue> {
  const replica = new JobQueue({ databaseUrl, poolSize: 2, workers: true, heartbeatSeconds: 10, stopGraceSeconds });
  replica.define(kind, { schema: letter, handler: () => Promise.resolve(), ...definition });
  await replica.onModuleInit();
  await replica.onApplicationBootstrap();
  replicas.push(replica);
  return replica;
}

async function stop(replica: JobQueue): Promise<void> {
  replica.beforeApplicationShutdown();
  await replica.onApplicationShutdown();
}

/** A handler that reports each job it gets and works as told. */
class Desk {
  readonly jobs: Job<Letter>[] = [];
  private readonly arrivals: (() => void)[] = [];

  constructor(
    private readonly work: (job: Job<Letter>, context: JobContext) => Promise<void> = () => Promise.resolve(),
  ) {}

  readonly handler = (job: Job<Letter>, context: JobContext): Promise<void> => {
    this.jobs.push(job);
    for (const arrival of this.arrivals.splice(0)) arrival();
    return this.work(job, context);
  };

  /** Resolves once so many jobs came. */
  async received(count: number): Promise<void> {
    while (this.jobs.length < count) await new Promise<void>((resolve) => this.arrivals.push(resolve));
  }
}

/** Jobs in a state, by their data. */
async function textsIn(kind: string, state: string): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `SELECT data #>> '{data,text}' AS text FROM jobs.job WHERE name = $1 AND state = $2::jobs.job_state ORDER BY 1`,
    [kind, state],
  );
  return rows.map((row) => row.text);
}

it('a job exists exactly when the transaction that asked for it commits', async () => {
  const kind = newKind();
  const desk = new Desk();
  const replica = await start(kind, desk);
  await expect(
    database.transaction(async (connection) => {
      await replica.enqueue(connection, kind, { text: 'lost' });
      throw new Error('rolled back');
    }),
  ).rejects.toThrow('rolled back');
  await database.transaction((connection) => replica.enqueue(connection, kind, { text: 'kept' }));
  await desk.received(1);
  expect(desk.jobs.map((job) => job.data.text)).toEqual(['kept']);
});

it('a job runs under the correlation id of the request that caused it', async () => {
  const kind = newKind();
  const seen: string[] = [];
  const desk = new Desk(() => Promise.resolve(void seen.push(currentCorrelationId())));
  const replica = await start(kind, desk);
  await withCorrelation({ correlationId: 'request-7' }, () => replica.enqueue(database, kind, { text: 'a' }));
  await desk.received(1);
  expect(seen).toEqual(['request-7']);
});

it('a job that was stopped is settled until that succeeds, and no attempt works on it any more', async () => {
  const kind = newKind();
  const desk = new Desk(async (_job, { signal }) => {
    await once(signal, 'abort');
    signal.throwIfAborted();
  });
  const settled: string[] = [];
  const settle = (data: Letter, { by }: { by: string }): Promise<void> => {
    settled.push(`${data.text} for ${by}`);
    return settled.length < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve();
  };
  const replica = await start(kind, {
    handler: desk.handler,
    retry: { delaySeconds: 0, maximumDelaySeconds: 0 },
    stop: { leaves: 'nothing', settle },
  });
  const id = await replica.enqueue(database, kind, { text: 'a' });
  await desk.received(1);
  await replica.stop(database, id!, 'alice');
  await replica.stop(database, id!, 'bob');
  while ((await textsIn(kind, 'completed')).length === 0) await delay(20);
  expect(settled).toEqual(['a for alice', 'a for alice']);
  expect(desk.jobs).toHaveLength(1);
});

it('data that does not fit the schema is refused at the door', async () => {
  const kind = newKind();
  const replica = await start(kind, {});
  await expect(replica.enqueue(database, kind, { text: 5 })).rejects.toThrow();
  await expect(replica.enqueue(database, 'unheard-of', {})).rejects.toThrow('define it first');
});

it('a failed job is tried again, and given up after its limit', async () => {
  const kind = newKind();
  const desk = new Desk(() => Promise.reject(new Error('no')));
  const replica = await start(kind, {
    handler: desk.handler,
    retry: { limit: 1, delaySeconds: 0, maximumDelaySeconds: 0 },
  });
  await replica.enqueue(database, kind, { text: 'a' });
  await desk.received(2);
  expect(desk.jobs.map(({ attempt, lastAttempt }) => [attempt, lastAttempt])).toEqual([
    [1, false],
    [2, true],
  ]);
  while ((await textsIn(kind, 'failed')).length === 0) await delay(20);
  expect((await replica.depths(database))[0]).toMatchObject({ kind, waiting: 0, running: 0, failed: 1 });
});

it('under one key one job waits and one runs', async () => {
  const kind = newKind();
  const gate = Promise.withResolvers<undefined>();
  const desk = new Desk(() => gate.promise);
  const replica = await start(kind, { handler: desk.handler, concurrency: 2 });
  const enqueue = (text: string) => replica.enqueue(database, kind, { text }, { singletonKey: 'key' });
  expect(await enqueue('first')).toBeDefined();
  await desk.received(1);
  expect(await enqueue('second')).toBeDefined();
  expect(await enqueue('third')).toBeUndefined();
  expect((await replica.depths(database))[0]).toMatchObject({ waiting: 1, running: 1 });
  gate.resolve(undefined);
  await desk.received(2);
  expect(desk.jobs.map((job) => job.data.text)).toEqual(['first', 'second']);
});

it('a job waits for its time', async () => {
  const kind = newKind();
  const desk = new Desk();
  const replica = await start(kind, desk);
  const startAfter = new Date(Date.now() + 1500);
  await replica.enqueue(database, kind, { text: 'later' }, { startAfter });
  await desk.received(1);
  expect(Date.now()).toBeGreaterThanOrEqual(startAfter.getTime());
});

it('a schedule runs once for all replicas', async () => {
  const kind = newKind();
  const desk = new Desk();
  const schedule = { everySeconds: 3600, schema: z.object({}) as never, handler: desk.handler };
  await start(kind, schedule);
  await start(kind, schedule);
  await desk.received(1);
  const { rows } = await pool.query('SELECT 1 FROM jobs.job WHERE name = $1', [kind]);
  expect(rows).toHaveLength(1);
});

it('a stop lets a running job come to its end, and returns one that does not to the queue', async () => {
  const kind = newKind();
  const desk = new Desk(async (job, { signal }) => {
    if (job.attempt > 1) return;
    await once(signal, 'abort');
    if (job.data.text === 'unfinished') signal.throwIfAborted();
  });
  // In its grace time a job must be written down as completed, too, on a machine that may be busy with much else.
  const replica = await start(kind, { handler: desk.handler, concurrency: 2 }, 10);
  await replica.enqueue(database, kind, { text: 'finished' });
  await replica.enqueue(database, kind, { text: 'unfinished' });
  await desk.received(2);
  await stop(replica);
  expect(await textsIn(kind, 'completed')).toEqual(['finished']);
  expect(await textsIn(kind, 'retry')).toEqual(['unfinished']);
  await start(kind, desk);
  await desk.received(3);
  expect(desk.jobs.at(-1)).toMatchObject({ data: { text: 'unfinished' }, attempt: 2 });
});

it('the job of a worker that shows no sign of life goes to another, and the first is told', async () => {
  const kind = newKind();
  const told = Promise.withResolvers<undefined>();
  const desk = new Desk(async (job, { signal }) => {
    if (job.attempt > 1) return;
    await once(signal, 'abort');
    told.resolve(undefined);
  });
  const replica = await start(kind, {
    handler: desk.handler,
    concurrency: 2,
    retry: { delaySeconds: 0, maximumDelaySeconds: 1 },
  });
  await replica.enqueue(database, kind, { text: 'a' });
  await desk.received(1);
  // As if its last sign of life were long ago, which is what a killed or frozen process leaves behind.
  await pool.query(`UPDATE jobs.job SET heartbeat_on = now() - interval '1 hour' WHERE name = $1`, [kind]);
  await desk.received(2);
  expect(desk.jobs[1]).toMatchObject({ data: { text: 'a' }, attempt: 2 });
  await told.promise;
});
