import { Pool, type PoolClient } from 'pg';
import { createDataSource, poolOf } from '../../libs/platform/src/database/data-source';
import { Database } from '../../libs/platform/src/database/database';
import { prepared } from '../../libs/platform/src/database/prepared';
import { createTestDatabase } from '../support/test-database';

/** How statements reach PostgreSQL, on a pool of one connection. */

let url: string;
let pool: Pool;
let database: Database;
let descriptions = 0;
let ends = 0;
let close: () => Promise<void>;

beforeAll(async () => {
  url = await createTestDatabase();
});
beforeEach(async () => {
  const dataSource = createDataSource({ url, poolSize: 2, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
  pool = poolOf(dataSource);
  descriptions = 0;
  const listen = (client: PoolClient): void => {
    client.connection.on('rowDescription', () => {
      descriptions += 1;
    });
    client.connection.on('readyForQuery', () => {
      ends += 1;
    });
  };
  // The one that the data source opened to see whether it can.
  const first = await pool.connect();
  listen(first);
  first.release();
  pool.on('connect', listen);
  database = new Database(pool);
  close = () => dataSource.destroy();
});
afterEach(() => close());

const EVERY_TYPE = prepared(
  `SELECT $1::int8 AS large, $2::timestamptz AS moment, $3::json AS document, $4::text[] AS list, NULL::text AS nothing,
          true AS flag, 7::int4 AS small, $5::uuid AS id, 'é' AS letter`,
);
const VALUES = [
  '9007199254740993',
  '2026-11-22T10:00:00.5Z',
  '{"a":[1]}',
  ['x', 'y"z'],
  '11111111-1111-4111-8111-111111111111',
];
const ROW = {
  large: '9007199254740993',
  moment: '2026-11-22T10:00:00.500000Z',
  document: { a: [1] },
  list: ['x', 'y"z'],
  nothing: null,
  flag: true,
  small: 7,
  id: '11111111-1111-4111-8111-111111111111',
  letter: 'é',
};

it('asks once a connection what the rows of a planned statement look like, and reads them the same each time', async () => {
  for (let time = 0; time < 4; time += 1) expect(await database.query(EVERY_TYPE, VALUES)).toEqual([ROW]);
  expect(pool.totalCount).toBe(1);
  expect(descriptions).toBe(1);
});

it('reads what is not planned, and what has no values', async () => {
  expect(await database.query('SELECT $1::int4 AS a, $2::text AS b', [1, null])).toEqual([{ a: 1, b: null }]);
  expect(await database.query('SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a')).toEqual([{ a: 1 }, { a: 2 }]);
  expect(await database.query('SELECT $1::int4 AS a WHERE false', [1])).toEqual([]);
});

it('sends the same planned statement twice before the first is answered', async () => {
  const twice = prepared('SELECT $1::int4 AS twice');
  const rows = await database.transaction((connection) =>
    Promise.all([1, 2, 3].map((value) => connection.query(twice, [value]))),
  );
  expect(rows).toEqual([[{ twice: 1 }], [{ twice: 2 }], [{ twice: 3 }]]);
  expect(await database.query(twice, [4])).toEqual([{ twice: 4 }]);
});

it('sends what a transaction asks in one turn together, the first time with its beginning', async () => {
  const echo = prepared('SELECT $1::int4 AS echo');
  const rows = await database.transaction(async (connection) => {
    ends = 0;
    const together = await Promise.all([1, 2].map((value) => connection.query(echo, [value])));
    return [...together, await connection.query(echo, [3])];
  });
  expect(rows).toEqual([[{ echo: 1 }], [{ echo: 2 }], [{ echo: 3 }]]);
  // The beginning and two, the third, the commit.
  expect(ends).toBe(3);
});

it('runs planned statements without rows', async () => {
  await database.query('CREATE TABLE counted (n int4)');
  const insert = prepared('INSERT INTO counted (n) SELECT $1::int4');
  for (let n = 0; n < 3; n += 1) expect(await database.query(insert, [n])).toEqual([]);
  expect(await database.query('SELECT count(*)::int4 AS count FROM counted')).toEqual([{ count: 3 }]);
});

it('fails with what PostgreSQL says, and goes on with the next statement', async () => {
  const divide = prepared('SELECT 10 / $1::int4 AS quotient');
  for (const time of [1, 2]) {
    await expect(database.query(divide, [0])).rejects.toMatchObject({ cause: { code: '22012' } });
    expect(await database.query(divide, [time])).toEqual([{ quotient: 10 / time }]);
  }
  await expect(database.query('SELECT nonsense($1)', [1])).rejects.toMatchObject({ code: '42883' });
  expect(await database.query(divide, [5])).toEqual([{ quotient: 2 }]);
});

it('fails before it sends what cannot be written', async () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const echo = prepared('SELECT $1::text AS echo');
  await expect(database.query(echo, [circular])).rejects.toThrow(/circular/);
  expect(await database.query(echo, ['x'])).toEqual([{ echo: 'x' }]);
});

it('never reads rows by columns they no longer have', async () => {
  await database.query(`CREATE TABLE changing AS SELECT 1 AS a`);
  const all = prepared('SELECT * FROM changing');
  expect(await database.query(all)).toEqual([{ a: 1 }]);
  const other = new Pool({ connectionString: url, max: 1 });
  await other.query(`ALTER TABLE changing ADD COLUMN b text DEFAULT 'new'`);
  await other.end();
  await expect(database.query(all)).rejects.toMatchObject({ code: '0A000' });
});
