import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Reconciliation, ReconciliationRepository } from '@tams/objects';
import { Configuration, createDataSource, Database, type JobQueue, poolOf } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { ObjectInstanceRepository } from '../../libs/objects/src/instances/instance.repository';
import { SoleInstanceBackfill } from '../../libs/objects/src/instances/sole-instance-backfill';
import { eventually } from '../support/eventually';
import { InstanceFixtures } from './instance-fixtures';

/** What the row of an object says of its only instance, against the instances themselves. */

let tams: InstanceFixtures;
let dataSource: DataSource;
let database: Database;

beforeAll(async () => {
  tams = await InstanceFixtures.start({ RECONCILE_INTERVAL_SECONDS: '0' });
  dataSource = createDataSource({ url: tams.databaseUrl, poolSize: 4, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
  database = new Database(poolOf(dataSource));
});
afterAll(async () => {
  await dataSource.destroy();
  await tams.stop();
});

const TRUTH = `(SELECT CASE WHEN count(*) = 1 THEN min(i.storage_id::text)::uuid END
                  FROM object_instances i WHERE i.object_id = o.id AND i.state = 'ready')`;

/** Objects whose row says something else than their instances. */
async function drifted(): Promise<unknown[]> {
  const { rows } = await tams.database.query<object>(
    `SELECT o.id, o.sole_storage_id, ${TRUTH} AS truth FROM objects o WHERE o.sole_storage_id IS DISTINCT FROM ${TRUTH}`,
  );
  return rows;
}

/** Objects whose row names their only instance. */
async function named(): Promise<number> {
  const { rows } = await tams.database.query<{ count: string }>(
    'SELECT count(*) FROM objects WHERE sole_storage_id IS NOT NULL',
  );
  return Number(rows[0]!.count);
}

/** Marks what has lost its bytes, and what has found them, as `npm run reconcile -- --repair` does. */
async function reconcile(): Promise<void> {
  await tams.database.query(
    `UPDATE objects SET allocated = allocated - interval '1 day', registered = registered - interval '1 day'`,
  );
  await tams.database.query(`UPDATE object_instances SET state_since = state_since - interval '1 day'`);
  const backends = await StorageBackends.open({ configuration: new Configuration(tams.environment), database });
  await new Reconciliation(database, new ReconciliationRepository(), backends).run({
    repair: true,
    abandonUploads: true,
    acceptLoss: true,
    minimumAgeSeconds: 3600,
    signal: new AbortController().signal,
    onFinding: () => undefined,
  });
}

/** Numbers from 0 up to a bound, the same in every run. */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * bound);
  };
}

it('says what the instances say, whatever is done to objects, in whatever order', async () => {
  const next = randomNumbers(24);
  const objects: string[] = [];
  const anyObject = (): string => objects[next(objects.length)]!;
  const operations: (() => Promise<unknown>)[] = [
    async () => objects.push(await tams.object(randomBytes(50), next(2) === 0 ? tams.first : tams.second)),
    () => tams.add(anyObject(), { storage_id: next(2) === 0 ? tams.first : tams.second }),
    () => tams.add(anyObject(), { url: `https://elsewhere.example/${randomUUID()}`, label: `label ${next(3)}` }),
    () => tams.remove(anyObject(), { storage_id: next(2) === 0 ? tams.first : tams.second }),
    () => tams.remove(anyObject(), { label: `label ${next(3)}` }),
    async () => tams.allocate(await tams.flow()),
    async () => {
      await rm(tams.fileOf(next(2) === 0 ? 'first' : 'second', anyObject()), { force: true });
      await reconcile();
    },
    async () => {
      const id = `external-${randomUUID()}`;
      const segment = {
        object_id: id,
        timerange: '[0:0_1:0)',
        get_urls: [{ url: 'https://elsewhere.example/x', label: 'x' }],
      };
      await tams.client.post(`/flows/${await tams.flow()}/segments`, segment);
      objects.push(id);
    },
    // As the collector removes what it has claimed.
    () =>
      tams.database.query(`DELETE FROM objects o WHERE o.id IN (SELECT id FROM objects WHERE role IS NULL LIMIT 1)`),
  ];
  await operations[0]!();
  for (let step = 0; step < 60; step += 1) {
    await operations[next(operations.length)]!();
    expect(await drifted()).toEqual([]);
  }
  for (const object of objects) await tams.settled(object);
  expect(await drifted()).toEqual([]);
  expect(await named()).toBeGreaterThan(0);
}, 120_000);

it('says so too when instances are changed at the same time by others who lock nothing', async () => {
  const id = randomUUID();
  await tams.database.query('INSERT INTO objects (id) VALUES ($1)', [id]);
  const writers = await Promise.all(
    [tams.first, tams.second].map(async (storageId) => {
      const client = new Client({ connectionString: tams.databaseUrl });
      await client.connect();
      return { client, storageId };
    }),
  );
  await Promise.all(
    writers.map(async ({ client, storageId }) => {
      for (let round = 0; round < 50; round += 1) {
        await client.query('INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)', [id, storageId]);
        await client.query(`UPDATE object_instances SET state = 'missing' WHERE object_id = $1 AND storage_id = $2`, [
          id,
          storageId,
        ]);
        await client.query('DELETE FROM object_instances WHERE object_id = $1 AND storage_id = $2', [id, storageId]);
      }
      await client.query('INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)', [id, storageId]);
    }),
  );
  expect(await drifted()).toEqual([]);
  await writers[0]!.client.query('DELETE FROM object_instances WHERE object_id = $1 AND storage_id = $2', [
    id,
    tams.first,
  ]);
  expect(await drifted()).toEqual([]);
  for (const { client } of writers) await client.end();
}, 60_000);

it('counts what another has committed while it waited', async () => {
  const id = randomUUID();
  await tams.database.query('INSERT INTO objects (id) VALUES ($1)', [id]);
  const [one, other] = [tams.databaseUrl, tams.databaseUrl].map((connectionString) => new Client({ connectionString }));
  await Promise.all([one!.connect(), other!.connect()]);
  const add = (client: Client, storageId: string): Promise<unknown> =>
    client.query('INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)', [id, storageId]);
  await one!.query('BEGIN');
  await add(one!, tams.first);
  const added = add(other!, tams.second);
  await eventually(
    () =>
      tams.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      ),
    ({ rows }) => rows.length > 0,
  );
  await one!.query('COMMIT');
  await added;
  await Promise.all([one!.end(), other!.end()]);
  expect(await drifted()).toEqual([]);
}, 60_000);

it('keeps the row of an object that a server of an older version allocates', async () => {
  const id = randomUUID();
  await tams.database.query(
    `WITH allocated AS (INSERT INTO objects (id, content_type) VALUES ($1, 'video/mp2t') RETURNING id)
     INSERT INTO object_instances (object_id, storage_id) SELECT id, $2::uuid FROM allocated`,
    [id, tams.first],
  );
  const { rows } = await tams.database.query('SELECT sole_storage_id FROM objects WHERE id = $1', [id]);
  expect(rows).toEqual([{ sole_storage_id: tams.first }]);
});

it('reads no table whole for it, in a store nobody has counted', async () => {
  const ids = Array.from({ length: 50 }, () => randomUUID());
  const client = new Client({ connectionString: tams.databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO objects (id) SELECT unnest($1::text[])', [ids]);
    await client.query('INSERT INTO object_instances (object_id, storage_id) SELECT unnest($1::text[]), $2::uuid', [
      ids,
      tams.first,
    ]);
    const { rows } = await client.query<{ read: string }>(
      `SELECT sum(seq_tup_read) AS read FROM pg_stat_xact_user_tables WHERE relname IN ('objects', 'object_instances')`,
    );
    expect(rows).toEqual([{ read: '0' }]);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
  expect(await drifted()).toEqual([]);
});

it('does not touch the object when only the size of an instance becomes known', async () => {
  const object = await tams.object();
  const version = async (): Promise<unknown> =>
    (await tams.database.query('SELECT xmin, xmax FROM objects WHERE id = $1', [object])).rows[0];
  const before = await version();
  await tams.database.query(`UPDATE object_instances SET size_bytes = 7, sha256 = 'x' WHERE object_id = $1`, [object]);
  expect(await version()).toEqual(before);
});

it('looks at the objects that were there before, batch by batch, and answers the same meanwhile', async () => {
  const flowId = await tams.flow();
  const { id, putUrl } = await tams.allocate(flowId);
  await tams.upload(putUrl, randomBytes(10));
  await tams.register(flowId, id);
  await tams.database.query(
    `WITH older AS (INSERT INTO objects (id) SELECT 'older ' || n FROM generate_series(1, 1200) n RETURNING id)
     INSERT INTO object_instances (object_id, storage_id) SELECT id, $1::uuid FROM older`,
    [tams.first],
  );
  const page = async (): Promise<unknown> => {
    const answer = await tams.client.get<{ get_urls: { url: string }[] }[]>(`/flows/${flowId}/segments`);
    return answer.body.map((segment) => segment.get_urls.map(({ url }) => url.replace(/\?.*/, '')));
  };
  const answered = await page();
  const wasNamed = await named();
  await tams.database.query('UPDATE objects SET sole_storage_id = NULL');
  await tams.database.query(`UPDATE backfills SET position = '', finished = NULL WHERE name = 'sole-instances'`);
  expect(await page()).toEqual(answered);

  const jobs = { define: () => undefined } as unknown as JobQueue;
  const repository = new ObjectInstanceRepository();
  await new SoleInstanceBackfill(database, repository, jobs).run(new AbortController().signal);

  expect(await drifted()).toEqual([]);
  expect(await named()).toBe(wasNamed);
  expect(await repository.awaitsSoleInstances(database)).toBe(false);
  expect(await page()).toEqual(answered);
}, 60_000);
