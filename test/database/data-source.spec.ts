import { Pool, type PoolClient } from 'pg';
import { createTestDatabase } from '../support/test-database';
import { createDataSource, migrate, poolOf } from '../../libs/platform/src/database/data-source';
import { rfc3339 } from '../../libs/platform/src/database/type-parsers';

it.each([
  ['2026-11-22 10:00:00+00', '2026-11-22T10:00:00.000000Z'],
  ['2026-11-22 10:00:00.123456+00', '2026-11-22T10:00:00.123456Z'],
  ['2026-11-22 12:00:00.123456+02', '2026-11-22T10:00:00.123456Z'],
  ['2026-11-22 00:30:00.5+05:30', '2026-11-21T19:00:00.500000Z'],
  ['2026-11-22 23:59:59.999999-03', '2026-11-23T02:59:59.999999Z'],
])('%s is the moment %s', (text, expected) => {
  expect(rfc3339(text)).toBe(expected);
});

it('times are the same whatever the time zone of a session', async () => {
  const dataSource = createDataSource({ url: await createTestDatabase(), poolSize: 2, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
  try {
    const client = await poolOf(dataSource).connect();
    const time = `SELECT '2026-07-01T10:00:00.123456Z'::timestamptz AS time`;
    const seen: unknown[] = [];
    for (const zone of ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Europe/Berlin']) {
      await client.query(`SET TIME ZONE '${zone}'`);
      seen.push((await client.query<{ time: string }>(time)).rows[0]?.time);
    }
    client.release();
    expect(new Set(seen)).toEqual(new Set(['2026-07-01T10:00:00.123456Z']));
  } finally {
    await dataSource.destroy();
  }
});

it('the lock of migrations ends although its session lives on, as behind a pooler', async () => {
  const url = await createTestDatabase();
  const dataSource = createDataSource({ url, poolSize: 3, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
  const admin = new Pool({ connectionString: url, max: 1 });
  try {
    // What a pooler does: its session outlives the client that ends its connection.
    const pool = poolOf(dataSource);
    const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
    let kept: PoolClient | undefined;
    const keeping = async (): Promise<PoolClient> => {
      kept = await connect();
      jest.spyOn(kept, 'release').mockImplementationOnce(() => undefined);
      return kept;
    };
    jest.spyOn(pool, 'connect').mockImplementationOnce(keeping as never);
    await migrate(dataSource, { allowNewer: true });
    expect(kept).toBeDefined();
    const { rows } = await admin.query<{ count: string }>(
      `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(rows[0]?.count).toBe('0');
    kept?.release();
  } finally {
    await admin.end();
    await dataSource.destroy();
  }
});
