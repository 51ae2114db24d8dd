import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { UnusableDatabaseError } from '@tams/platform';
import { createDataSource, poolOf } from '../../libs/platform/src/database/data-source';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { describeWithPgBouncer, isPgBouncerThere, keepsPreparedStatements, PgBouncer } from '../support/pgbouncer';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

/** A pooler with the settings it comes with, in front of a database whose clients are not in UTC by themselves. */
describeWithPgBouncer('behind PgBouncer, on a database in another time zone,', () => {
  let databaseUrl: string;
  let admin: Client;
  /** Of every server on the database: it knows where its media is. */
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tams-pooled-'));
    databaseUrl = await createTestDatabase();
    admin = new Client({ connectionString: databaseUrl });
    await admin.connect();
    const name = new URL(databaseUrl).pathname.slice(1);
    await admin.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Kolkata'`);
    await admin.query(`ALTER DATABASE ${name} SET datestyle = 'SQL, DMY'`);
  });
  afterAll(async () => {
    await admin.end();
    await rm(directory, { recursive: true, force: true });
  });

  describe('with sessions of one client each', () => {
    let bouncer: PgBouncer;
    beforeAll(async () => {
      bouncer = await PgBouncer.start(databaseUrl, 'session');
    });
    afterAll(() => bouncer.stop());

    it('sets each session to what the server relies on', async () => {
      const dataSource = createDataSource({ url: bouncer.urlOf(databaseUrl), poolSize: 2, statementTimeoutSeconds: 7 });
      await dataSource.initialize();
      const { rows } = await poolOf(dataSource).query<Record<string, string>>(
        `SELECT current_setting('TimeZone') AS zone, current_setting('DateStyle') AS dates, current_setting('statement_timeout') AS longest,
                current_setting('idle_in_transaction_session_timeout') AS silent`,
      );
      await dataSource.destroy();
      expect(rows).toEqual([{ zone: 'UTC', dates: 'ISO, DMY', longest: '7s', silent: '15s' }]);
    });

    it('the server starts, keeps times and page keys right, works on jobs, and starts again', async () => {
      await startTwice({ DATABASE_URL: bouncer.urlOf(databaseUrl) });
    });
  });

  describe('with sessions shared by transaction', () => {
    let bouncer: PgBouncer;
    beforeAll(async () => {
      bouncer = await PgBouncer.start(databaseUrl, 'transaction');
    });
    afterAll(() => bouncer.stop());

    if (isPgBouncerThere && keepsPreparedStatements()) {
      it('the server refuses to start without another way for what needs a session of its own', async () => {
        const starting = startTestServer({ DATABASE_URL: bouncer.urlOf(databaseUrl) });
        await expect(starting).rejects.toThrow(UnusableDatabaseError);
        await expect(starting).rejects.toThrow('set DATABASE_DIRECT_URL');
      });

      it('with one it starts, keeps times and page keys right, works on jobs, and starts again', async () => {
        await startTwice({ DATABASE_URL: bouncer.urlOf(databaseUrl), DATABASE_DIRECT_URL: databaseUrl });
      });
    } else {
      it('the server refuses to start, and says what to do', async () => {
        const starting = startTestServer({ DATABASE_URL: bouncer.urlOf(databaseUrl) });
        await expect(starting).rejects.toThrow(UnusableDatabaseError);
        await expect(starting).rejects.toThrow('pool_mode = session');
      });
    }
  });

  async function startTwice(environment: Readonly<Record<string, string>>): Promise<void> {
    let tams: TestServer | undefined;
    try {
      for (let start = 1; start <= 2; start += 1) {
        tams = await startTestServer({
          ...environment,
          DATA_DIR: directory,
          DATABASE_POOL_SIZE: '5',
          OBJECT_COLLECTION_INTERVAL_SECONDS: '1',
        });
        await exercise(tams);
        await tams.stop();
        tams = undefined;
      }
    } finally {
      await tams?.stop();
    }
  }

  /** What depends on times, and on sessions: listings page by page, and a job of the queue. */
  async function exercise({ client }: TestServer): Promise<void> {
    const began = new Date(Date.now() - 1000).toISOString();
    const flows = [videoFlow(), videoFlow(), videoFlow()];
    for (const flow of flows) expect((await client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    const seen: string[] = [];
    for (let page: string | undefined, count = 0; count < 3; count += 1) {
      const answer = await client.get<{ id: string; created: string }[]>('/flows', { query: { limit: 1, page } });
      expect(answer.body[0]!.created > began).toBe(true);
      expect(Date.parse(answer.body[0]!.created)).toBeLessThan(Date.now() + 60_000);
      seen.push(answer.body[0]!.id);
      page = answer.headers.get('x-paging-nextkey') ?? undefined;
    }
    expect(seen).toEqual(flows.map(({ id }) => id).reverse());
    // The collector of objects is a job that comes again every second here.
    const done = `SELECT 1 FROM jobs.job WHERE state = 'completed' AND completed_on > $1::timestamptz LIMIT 1`;
    await eventually(
      async () => (await admin.query(done, [began])).rowCount,
      (count) => count === 1,
    );
    const migrating = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = x'54414d53'::int
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect((await admin.query(migrating)).rowCount).toBe(0);
  }
});
