import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type BackendReport, type Finding, Reconciliation, ReconciliationRepository } from '@tams/objects';
import { Configuration, createDataSource, Database, poolOf } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import type { DataSource } from 'typeorm';
import { eventually } from '../support/eventually';
import { type CommandResult, runProgram } from '../support/command-process';
import { valueOf } from '../telemetry/scrape';
import { InstanceFixtures } from './instance-fixtures';

interface Report {
  readonly findings: readonly Finding[];
  readonly backends: readonly BackendReport[];
}

let tams: InstanceFixtures;
let dataSource: DataSource;

beforeEach(async () => {
  tams = await InstanceFixtures.start({ RECONCILE_INTERVAL_SECONDS: '0' });
  dataSource = createDataSource({ url: tams.databaseUrl, poolSize: 2, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await tams.stop();
});

/** Reconciles as the command does, in this process, beside the live server. */
async function reconcile(repair = false, acceptLoss = false): Promise<Report> {
  const configuration = new Configuration(tams.environment);
  const database = new Database(poolOf(dataSource));
  const findings: Finding[] = [];
  const backends = await StorageBackends.open({ configuration, database });
  const reports = await new Reconciliation(database, new ReconciliationRepository(), backends).run({
    repair,
    abandonUploads: repair,
    acceptLoss,
    minimumAgeSeconds: 3600,
    signal: new AbortController().signal,
    onFinding: (finding) => findings.push(finding),
  });
  return { findings, backends: reports };
}

function run(...options: string[]): Promise<CommandResult> {
  return runProgram('apps/tams-api/src/reconcile.ts', options, tams.environment);
}

/** Puts a file of the embedded store where it would lie, as old as said. */
async function orphanFrom(label: 'first' | 'second', source: string, ageSeconds: number): Promise<string> {
  const flow = await tams.flow();
  const { id, putUrl } = await tams.allocate(flow);
  await tams.upload(putUrl, randomBytes(500));
  const bytes = await readFile(tams.fileOf(source as 'first', id));
  const file = tams.fileOf(label, id);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const modified = new Date(Date.now() - ageSeconds * 1000);
  await utimes(file, modified, modified);
  return id;
}

/** Makes everything in the index older than the minimum age. */
async function age(): Promise<void> {
  await tams.database.query(
    `UPDATE objects SET allocated = allocated - interval '1 day', registered = registered - interval '1 day'`,
  );
  await tams.database.query(`UPDATE object_instances SET state_since = state_since - interval '1 day'`);
}

describe('reconciling', () => {
  it('finds nothing in a store that is as it should be, on any backend', async () => {
    const object = await tams.object(randomBytes(300));
    await tams.add(object, { storage_id: tams.second });
    await tams.settled(object);
    // Allocated, never uploaded: nothing is expected of it.
    await tams.allocate(await tams.flow());
    await age();
    const { findings, backends } = await reconcile();
    expect(findings).toEqual([]);
    expect(backends).toMatchObject([
      { storage_id: tams.first, label: 'first', objects: 1, bytes: 300, orphans: 0, dangling: 0, size_mismatches: 0 },
      { storage_id: tams.second, label: 'second', objects: 1, bytes: 300, orphans: 0, dangling: 0, size_mismatches: 0 },
    ]);
    const { rows } = await tams.database.query<{ objects: string; bytes: string }>(
      'SELECT objects, bytes FROM reconciliations ORDER BY storage_id',
    );
    expect(rows).toEqual([
      { objects: '1', bytes: '300' },
      { objects: '1', bytes: '300' },
    ]);
  });

  it('finds bytes without a row, but not young ones, and deletes them only when told to', async () => {
    const old = await orphanFrom('second', 'first', 7200);
    const young = await orphanFrom('second', 'first', 60);
    const found = await reconcile();
    expect(found.findings).toEqual([
      expect.objectContaining({
        kind: 'orphan',
        object_id: old,
        storage_id: tams.second,
        size_bytes: 500,
        repaired: false,
      }),
    ]);
    expect(found.backends[1]).toMatchObject({ objects: 2, orphans: 1, orphan_bytes: 500 });
    expect(existsSync(tams.fileOf('second', old))).toBe(true);

    const repaired = await reconcile(true);
    expect(repaired.findings[0]?.repaired).toBe(true);
    expect(existsSync(tams.fileOf('second', old))).toBe(false);
    expect(existsSync(tams.fileOf('second', young))).toBe(true);
    // Where they belong, they stayed.
    expect(existsSync(tams.fileOf('first', old))).toBe(true);
    expect((await reconcile()).findings).toEqual([]);
  });

  it('deletes orphans whose identifier nothing knows any more, and leaves the identifier free', async () => {
    const id = await orphanFrom('second', 'first', 7200);
    await tams.database.query('DELETE FROM objects WHERE id = $1', [id]);
    await rm(tams.fileOf('first', id));
    expect((await reconcile(true)).backends[1]).toMatchObject({ orphans: 1, repaired: 1 });
    expect(existsSync(tams.fileOf('second', id))).toBe(false);
    const answer = await tams.client.post(`/flows/${await tams.flow()}/storage`, { object_ids: [id] });
    expect(answer.status).toBe(201);
  });

  it('finds rows without bytes, stops advertising them, and takes them back when the bytes come', async () => {
    const [lost, twice] = [await tams.object(), await tams.object()];
    await tams.add(twice, { storage_id: tams.second });
    await tams.settled(twice);
    const flow = await tams.flow();
    const late = await tams.allocate(flow);
    await tams.register(flow, late.id);
    await age();
    const young = await tams.object();
    for (const object of [lost, twice, young]) await rm(tams.fileOf('first', object));

    const found = await reconcile();
    expect(found.findings.map(({ kind, object_id }) => `${kind} ${object_id}`).sort()).toEqual(
      [lost, twice, late.id].map((id) => `dangling ${id}`).sort(),
    );
    expect(found.findings).toContainEqual(expect.objectContaining({ object_id: twice, other_instances: true }));
    expect(found.findings).toContainEqual(expect.objectContaining({ object_id: lost, other_instances: false }));
    expect(await tams.places(twice)).toHaveLength(2);

    expect((await reconcile(true)).backends[0]).toMatchObject({ dangling: 3, repaired: 3 });
    expect(await tams.places(twice)).toEqual([tams.second]);
    expect(await tams.places(lost)).toEqual([]);
    const { body } = await tams.client.get<unknown[]>(`/flows/${flow}/segments`);
    expect(body).toHaveLength(1);
    // Still lost: it is said each time.
    expect((await reconcile(true)).backends[0]).toMatchObject({ dangling: 3, repaired: 0 });

    // Bytes that come after all count, and a copy can take the place of the lost ones.
    expect(await tams.upload(late.putUrl, randomBytes(50))).toBe(200);
    expect(await tams.places(late.id)).toEqual([tams.first]);
    expect((await tams.add(twice, { storage_id: tams.first })).status).toBe(201);
    await tams.settled(twice);
    expect(await tams.places(twice)).toHaveLength(2);
    expect((await reconcile()).findings.map(({ object_id }) => object_id)).toEqual([lost]);
  });

  it('repairs nothing where more than a tenth is lost at once, unless told to', async () => {
    const objects: string[] = [];
    for (let count = 0; count < 12; count += 1) objects.push(await tams.object());
    await age();
    for (const object of objects.slice(1)) await rm(tams.fileOf('first', object));
    const refused = await reconcile(true);
    expect(refused.findings).toEqual([]);
    expect(refused.backends[0]).toMatchObject({
      repaired: 0,
      problem: expect.stringContaining('--accept-loss') as string,
    });
    expect(await tams.places(objects[1]!)).toEqual([tams.first]);
    expect((await reconcile(true, true)).backends[0]).toMatchObject({ dangling: 11, repaired: 11 });
  });

  it('finds other sizes than the index has, and files that were cut short', async () => {
    const [grown, cut] = [await tams.object(randomBytes(400)), await tams.object(randomBytes(400))];
    await age();
    await tams.database.query('UPDATE object_instances SET size_bytes = 399 WHERE object_id = $1', [grown]);
    await truncate(tams.fileOf('first', cut), 200);
    const found = await reconcile(true);
    expect(found.findings).toContainEqual({
      kind: 'size-mismatch',
      object_id: grown,
      storage_id: tams.first,
      indexed_bytes: 399,
      size_bytes: 400,
      repaired: true,
    });
    expect(found.findings).toContainEqual(expect.objectContaining({ kind: 'dangling', object_id: cut }));
    expect((await tams.rows(grown))[0]).toMatchObject({ state: 'ready', size_bytes: '400' });
    expect((await tams.rows(cut))[0]).toMatchObject({ state: 'missing' });
  });

  it('names backends that have objects but are not configured', async () => {
    const object = await tams.object();
    const elsewhere = randomUUID();
    await tams.database.query('INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)', [
      object,
      elsewhere,
    ]);
    await tams.add(object, { storage_id: tams.second });
    await tams.settled(object);
    await age();
    const { backends } = await reconcile();
    expect(backends.at(-1)).toMatchObject({
      storage_id: elsewhere,
      problem: expect.stringContaining('not configured') as string,
    });
  });
});

describe('npm run reconcile', () => {
  it('speaks to people too, and explains itself', async () => {
    const help = await run('--help');
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--fix')]);
    const id = await orphanFrom('second', 'first', 7200);
    const people = await run();
    expect(people.code).toBe(1);
    expect(people.stdout).toContain(`orphan: ${id}, 500 bytes`);
    expect(people.stdout).toMatch(/second: 1 objects \(500 bytes\), 1 orphans/);
    const machines = await run('--json', '--fix');
    expect(machines.code).toBe(0);
    expect(JSON.parse(machines.stdout)).toMatchObject({
      fix: true,
      findings: [{ kind: 'orphan', object_id: id, repaired: true }],
      backends: [{ label: 'first' }, { label: 'second', orphans: 1, repaired: 1 }],
    });
    expect((await run('--minimum-age', 'x')).code).not.toBe(0);
  }, 120_000);
});

it('the server itself compares regularly, only reports, and shows the figures as gauges', async () => {
  const id = await orphanFrom('second', 'first', 7200);
  const replica = await InstanceFixtures.start({ RECONCILE_INTERVAL_SECONDS: '1' });
  try {
    const file = replica.fileOf('second', id);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await readFile(tams.fileOf('second', id)));
    const modified = new Date(Date.now() - 7200_000);
    await utimes(file, modified, modified);
    const orphans = 'SELECT orphans FROM reconciliations WHERE storage_id = $1';
    await eventually(
      async () => (await replica.database.query<{ orphans: string }>(orphans, [replica.second])).rows[0]?.orphans,
      (count) => count === '1',
    );
    expect(existsSync(file)).toBe(true);
    const labels = { storage_backend: replica.second };
    await eventually(
      () => valueOf('tams_reconciliation_findings', { ...labels, kind: 'orphan' }),
      (value) => value === 1,
      { every: 250 },
    );
    expect(await valueOf('tams_reconciliation_orphan_bytes', labels)).toBe(500);
    expect(await valueOf('tams_reconciliation_incomplete', labels)).toBe(0);
    const finished = await valueOf('tams_reconciliation_finished_timestamp_seconds', labels);
    expect(Math.abs(Date.now() / 1000 - finished)).toBeLessThan(60);
  } finally {
    await replica.stop();
  }
});
