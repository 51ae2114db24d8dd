import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { BreakableLink } from '../support/breakable-link';
import { createTestDatabase } from '../support/test-database';
import { UnavailableError } from '@tams/platform';
import { createDataSource, poolOf } from '@tams/platform';
import { Database } from '@tams/platform';
import { prepared } from '@tams/platform';

let url: string;
let pool: Pool;
let database: Database;
let opened: DataSource[];

beforeEach(async () => {
  opened = [];
  url = await createTestDatabase();
  pool = await openPool(url, 2, 30);
  database = new Database(pool);
});

afterEach(() => Promise.all(opened.map((dataSource) => dataSource.destroy())));

/** A pool as the server makes it. */
async function openPool(databaseUrl: string, poolSize: number, statementTimeoutSeconds: number): Promise<Pool> {
  const dataSource = await createDataSource({ url: databaseUrl, poolSize, statementTimeoutSeconds }).initialize();
  opened.push(dataSource);
  return poolOf(dataSource);
}

/** Takes every connection; the function it gives lets them go again. */
async function occupy(): Promise<() => void> {
  const clients = await Promise.all([pool.connect(), pool.connect()]);
  return () => {
    for (const client of clients) client.release();
  };
}

it('lets so many wait for a connection, refuses the rest at once, and recovers by itself', async () => {
  const release = await occupy();
  const waiting = Array.from({ length: 50 }, (_, index) => database.query('SELECT $1::int4 AS index', [index]));
  const refusals = await Promise.allSettled([
    database.query('SELECT 1'),
    database.transaction((connection) => connection.query('SELECT 1')),
  ]);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({
      status: 'rejected',
      reason: { code: 'database-busy', kind: 'unavailable', retryAfterSeconds: 1 } satisfies Partial<UnavailableError>,
    });
  }
  release();
  expect((await Promise.all(waiting)).map((rows) => rows[0]?.['index'])).toEqual(waiting.map((_, index) => index));
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('survives that its connection is ended between two statements of a transaction, and replaces it', async () => {
  const admin = new Pool({ connectionString: url, max: 1 });
  try {
    const work = database.transaction(async (connection) => {
      const [own] = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      // Answered once the other end is gone.
      await admin.query('SELECT pg_terminate_backend($1, 5000)', [own?.pid]);
      await connection.query('SELECT 1');
    });
    await expect(work).rejects.toMatchObject({ code: 'dependency-unavailable' });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await admin.end();
  }
});

/** What PostgreSQL says as it ends a session. */
function administratorsCommand(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to administrator command', '', ''];
  const message = Buffer.from(fields.join('\0'));
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length + 4);
  return Buffer.concat([Buffer.from('E'), length, message]);
}

it('survives that its connection is ended in the moment it is handed from one to the next', async () => {
  const link = await BreakableLink.to(url);
  try {
    const victim = new Database(await openPool(link.url, 1, 30));
    // In one packet with the answer that frees the connection: a listener added after an await comes too late.
    link.endAfterNextAnswer(administratorsCommand());
    const first = victim.query('SELECT 1 AS one');
    const second = victim.transaction((connection) => connection.query('SELECT 2 AS two'));
    await expect(second).rejects.toMatchObject({ code: 'dependency-unavailable' });
    expect(await first).toEqual([{ one: 1 }]);
    expect(await victim.transaction((connection) => connection.query('SELECT 2 AS two'))).toEqual([{ two: 2 }]);
  } finally {
    await link.stop();
  }
});

it('does not wait again for a connection that did not answer in time', async () => {
  const impatient = new Database(await openPool(url, 1, 0));
  const started = performance.now();
  const work = impatient.transaction((connection) => connection.query('SELECT pg_sleep(6)'));
  await expect(work).rejects.toMatchObject({ code: 'dependency-unavailable' });
  expect(performance.now() - started).toBeLessThan(3990);
  expect(await impatient.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('has PostgreSQL plan a declared statement once a connection, and others anew', async () => {
  const declared = prepared('SELECT $1::int4 + 1 AS next');
  await database.transaction(async (connection) => {
    for (let index = 0; index < 3; index += 1) await connection.query(declared, [index]);
    expect(await connection.query('SELECT $1::int4 - 1 AS previous', [1])).toEqual([{ previous: 0 }]);
    const kept = await connection.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements');
    expect(kept.map((row) => row.statement).sort()).toEqual(['BEGIN', declared]);
  });
});

it('says why a transaction failed, not that the statements sent with the failed one were refused', async () => {
  const impatient = new Database(await openPool(url, 1, 1));
  const work = impatient.transaction(async (connection) => {
    const late = async (): Promise<unknown> => {
      try {
        return await connection.query('SELECT pg_sleep(30)');
      } finally {
        // Its failure is heard after that of the statement sent with it.
        await new Promise(setImmediate);
      }
    };
    return Promise.all([late(), connection.query('SELECT 1')]);
  });
  await expect(work).rejects.toMatchObject({ code: 'dependency-unavailable', cause: { code: '57014' } });
});

it('begins nothing behind what fails, and says to all why', async () => {
  await database.query('CREATE TABLE written (n int4)');
  const divide = prepared('SELECT 1 / $1::int4 AS quotient');
  // First planned behind a failure, then planned again: PostgreSQL has never seen it.
  const insert = prepared('INSERT INTO written (n) SELECT $1::int4');
  const outcomes: PromiseSettledResult<unknown>[] = [];
  const work = database.transaction(async (connection) => {
    const asked = [connection.query(divide, [1]), connection.query(divide, [0]), connection.query(insert, [1])];
    outcomes.push(...(await Promise.allSettled(asked)));
    return Promise.all(asked);
  });
  await expect(work).rejects.toMatchObject({ cause: { code: '22012' } });
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: [{ quotient: 1 }] },
    { status: 'rejected', reason: { code: '22012' } },
    { status: 'rejected', reason: { code: '22012' } },
  ]);
  await database.transaction((connection) => connection.query(insert, [2]));
  expect(await database.query('SELECT n FROM written')).toEqual([{ n: 2 }]);
});

it('fails a transaction in which something failed, also where nobody cared', async () => {
  await database.query('CREATE TABLE uncared (n int4)');
  const work = database.transaction(async (connection) => {
    await connection.query('INSERT INTO uncared (n) VALUES ($1)', [1]);
    await connection.query('SELECT 1 / $1::int4', [0]).catch(() => undefined);
  });
  await expect(work).rejects.toMatchObject({ cause: { code: '22012' } });
  expect(await database.query('SELECT n FROM uncared')).toEqual([]);
});

it('writes nothing of a transaction that has ended', async () => {
  await database.query('CREATE TABLE late (n int4)');
  const late: Promise<unknown>[] = [];
  const work = database.transaction(async (connection) => {
    await connection.query('SELECT 1');
    // Asked, but not sent yet, when the work fails.
    late.push(connection.query('INSERT INTO late (n) VALUES ($1)', [1]));
    process.nextTick(() => late.push(connection.query('INSERT INTO late (n) VALUES ($1)', [2])));
    throw new Error('the work failed');
  });
  await expect(work).rejects.toThrow('the work failed');
  expect((await Promise.allSettled(late)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await database.query('SELECT n FROM late')).toEqual([]);
});

it('sends nothing of what holds a value that cannot be written', async () => {
  await database.query('CREATE TABLE whole (n int4)');
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const insert = prepared('INSERT INTO whole (n) SELECT $1::int4 WHERE $2::text IS NOT NULL');
  const both = database.transaction((connection) =>
    Promise.all([connection.query(insert, [1, 'x']), connection.query(insert, [2, circular])]),
  );
  await expect(both).rejects.toThrow(/circular/);
  await database.transaction((connection) => connection.query(insert, [3, 'x']));
  expect(await database.query('SELECT n FROM whole')).toEqual([{ n: 3 }]);
});
