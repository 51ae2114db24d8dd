import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database';

/**
 * `npm run distribute`. Citus is not installed here: a schema that stands before PostgreSQL's own has its catalogue, and functions of
 * its names that note what they are asked. The tables, keys and triggers are the store's own.
 */

const root = join(__dirname, '../..');

interface Answer {
  readonly layout: string;
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly lost: readonly string[];
  readonly apart: readonly { readonly name: string; readonly reason: string }[];
  readonly statements: readonly string[];
}

function distribute(
  databaseUrl: string,
  ...options: string[]
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/distribute.mjs'), ...options], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const answerOf = (databaseUrl: string, ...options: string[]): Answer =>
  JSON.parse(distribute(databaseUrl, '--json', ...options).stdout) as Answer;

/** A store with the stand-in of a version. @returns its URL, as the stand-in needs it */
async function standIn(version: string): Promise<string> {
  const url = new URL(await createTestDatabase());
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query('CREATE SCHEMA engine');
  await client.query(
    `CREATE TABLE engine.pg_extension AS SELECT 'citus'::name AS extname, '${version}'::text AS extversion`,
  );
  await client.query('CREATE TABLE engine.pg_dist_partition (logicalrelid regclass)');
  await client.query('CREATE TABLE engine.calls (call text)');
  await client.query(`CREATE FUNCTION engine.create_distributed_table(name text, distribution text, colocate_with text DEFAULT 'default')
    RETURNS void LANGUAGE sql AS $$
      INSERT INTO engine.pg_dist_partition VALUES (name::regclass);
      INSERT INTO engine.calls VALUES (name || ' by ' || distribution || ' with ' || colocate_with) $$`);
  await client.query(`CREATE FUNCTION engine.create_reference_table(name text) RETURNS void LANGUAGE sql AS $$
      INSERT INTO engine.pg_dist_partition VALUES (name::regclass);
      INSERT INTO engine.calls VALUES (name) $$`);
  await client.end();
  url.searchParams.set('options', '-c search_path=engine,pg_catalog,public');
  return url.href;
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const keysOf = (url: string): Promise<{ key: string }[]> =>
  query(
    url,
    `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS key FROM pg_constraint
      WHERE contype IN ('p', 'f') AND conrelid IN ('segments'::regclass, 'objects'::regclass, 'object_instances'::regclass) ORDER BY 1`,
  );

it('a store without the extension is not ready, and nothing is changed', async () => {
  const url = await createTestDatabase();
  const before = await keysOf(url);
  const { status, stderr } = distribute(url, '--apply');
  expect(status).toBe(1);
  expect(stderr).toContain('Not ready: The database has no extension citus');
  expect(await keysOf(url)).toEqual(before);
});

it('an older version is refused', async () => {
  const url = await standIn('12.1-1');
  const { ready, problems } = answerOf(url, '--check');
  expect(ready).toBe(false);
  expect(problems).toEqual([expect.stringContaining('has version 12.1-1') as string]);
});

it.each(['objects', 'reference'])('the layout %s is printed and nothing is changed', async (layout) => {
  const url = await standIn('13.2-1');
  const before = await keysOf(url);
  const { status, stdout, stderr } = distribute(url, '--layout', layout);
  expect(status).toBe(0);
  expect(stderr).toContain('Ready.');
  expect(stdout.trim().split('\n')).toEqual(
    answerOf(url, '--layout', layout).statements.map((statement) => `${statement};`),
  );
  expect(await keysOf(url)).toEqual(before);
  expect(await query(url, 'SELECT FROM calls')).toEqual([]);
});

it('what this version asks and the layout refuses is named', async () => {
  const url = await standIn('13.2-1');
  const names = (layout: string): string[] =>
    answerOf(url, '--check', '--layout', layout).apart.map(({ name }) => name);
  expect(names('objects')).toContain('a page of segments');
  expect(names('reference')).not.toContain('a page of segments');
});

it('the layout objects can be carried out on the tables of the store', async () => {
  const url = await standIn('13.2-1');
  expect(distribute(url, '--apply')).toMatchObject({ status: 0 });
  expect(await query(url, 'SELECT call FROM calls')).toEqual([
    { call: 'segments by flow_id with none' },
    { call: 'objects by id with none' },
    { call: 'object_instances by object_id with objects' },
  ]);
  expect(await keysOf(url)).toEqual([
    { key: 'object_instances FOREIGN KEY (object_id) REFERENCES objects(id) ON DELETE CASCADE' },
    { key: 'object_instances PRIMARY KEY (object_id, id)' },
    { key: 'objects PRIMARY KEY (id)' },
    { key: 'segments PRIMARY KEY (flow_id, end_ns)' },
  ]);
  expect(
    await query(url, `SELECT tgname FROM pg_trigger WHERE tgrelid = 'object_instances'::regclass AND NOT tgisinternal`),
  ).toEqual([]);
  const again = answerOf(url, '--check');
  expect(again.problems).toEqual([
    expect.stringContaining('spread already: object_instances, objects, segments') as string,
  ]);
});

it.each([
  [['--layout', 'other'], 'There is no layout other'],
  [['--check', '--apply'], 'Give --check or --apply, not both'],
])('%p is refused', (options, message) => {
  const { status, stderr } = distribute('postgres://nowhere.invalid/none', ...options);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
