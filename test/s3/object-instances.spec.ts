import { randomBytes, randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Finding, Reconciliation, ReconciliationRepository } from '@tams/objects';
import { Configuration, createDataSource, Database, poolOf } from '@tams/platform';
import { S3StorageBackend, StorageBackends, unobserved } from '@tams/storage';
import { eventually } from '../support/eventually';
import { InstanceFixtures, sha256 } from '../http/instance-fixtures';
import { bucketEntry, describeWithGateway, gateway } from './gateway';

const MEBIBYTE = 1024 * 1024;

describeWithGateway('instances on S3', () => {
  const [one, two] = [bucketEntry('one', gateway.bucket), bucketEntry('two', gateway.secondBucket)];
  // Other tests use the buckets of the run at the same time: their objects would be orphans here.
  const own = bucketEntry('own', `tams-test-${randomUUID()}`);
  const dead = { ...bucketEntry('dead', 'nowhere'), endpoint: 'http://127.0.0.1:9' };
  const [first, second] = [one.id, two.id];
  const administrator = new S3Client({
    endpoint: gateway.endpoint,
    region: gateway.region,
    forcePathStyle: true,
    credentials: { accessKeyId: gateway.accessKeyId, secretAccessKey: gateway.secretAccessKey },
  });
  let tams: InstanceFixtures;

  beforeAll(async () => {
    await administrator.send(new CreateBucketCommand({ Bucket: own.bucket }));
    tams = await InstanceFixtures.start({ RECONCILE_INTERVAL_SECONDS: '0' }, [one, two, own, dead]);
  });
  afterAll(async () => {
    await tams.stop();
    await administrator.send(new DeleteBucketCommand({ Bucket: own.bucket }));
    administrator.destroy();
  });

  const stored = async (objectId: string) =>
    (await tams.settled(objectId)).map((row) => [row.storage_id, row.size_bytes]);

  it('learns the size of what was uploaded past the server', async () => {
    const object = await tams.object(randomBytes(1234), first);
    await eventually(
      async () => (await tams.rows(object))[0]?.size_bytes,
      (size) => size === '1234',
    );
  });

  it('has the store itself copy between its buckets, and serves both', async () => {
    const bytes = randomBytes(6 * MEBIBYTE);
    const object = await tams.object(bytes, first);
    expect((await tams.add(object, { storage_id: second })).status).toBe(201);
    expect((await stored(object)).at(-1)).toEqual([second, String(bytes.length)]);
    for (const storageId of [first, second]) expect((await tams.bytes(object, storageId)).equals(bytes)).toBe(true);

    expect((await tams.remove(object, { storage_id: first })).status).toBe(204);
    expect(await stored(object)).toHaveLength(1);
    expect((await tams.bytes(object, second)).equals(bytes)).toBe(true);
  });

  it('streams between S3 and the embedded store, in parts, with a hash', async () => {
    const bytes = randomBytes(20 * MEBIBYTE);
    const object = await tams.object(bytes, first);
    await tams.add(object, { storage_id: tams.first });
    const rows = await tams.settled(object);
    expect(rows.at(-1)).toMatchObject({ storage_id: tams.first, sha256: sha256(bytes) });
    await tams.remove(object, { storage_id: first });
    await tams.settled(object);
    await tams.add(object, { storage_id: second });
    expect((await stored(object)).at(-1)).toEqual([second, String(bytes.length)]);
    expect((await tams.bytes(object, second)).equals(bytes)).toBe(true);
  });

  it('refuses identifiers that S3 cannot hold', async () => {
    const flow = await tams.flow();
    const id = `../${randomUUID()}`;
    await tams.client.post(`/flows/${flow}/storage`, { object_ids: [id], storage_id: tams.first });
    await tams.register(flow, id);
    expect((await tams.add(id, { storage_id: first })).status).toBe(400);
  });

  it('compares buckets with the index in one walk, and leaves out a store that does not answer', async () => {
    const ownId = own.id;
    const [lost, kept] = [await tams.object(randomBytes(10), ownId), await tams.object(randomBytes(10), ownId)];
    const orphan = await tams.object(randomBytes(77), ownId);
    const configuration = new Configuration(tams.environment);
    const dataSource = createDataSource({ url: tams.databaseUrl, poolSize: 2, statementTimeoutSeconds: 30 });
    await dataSource.initialize();
    const database = new Database(poolOf(dataSource));
    const { all } = await StorageBackends.open({ configuration, database });
    try {
      const backends = new StorageBackends(all.filter(({ details }) => [ownId, dead.id].includes(details.id)));
      await backends.get(ownId)?.delete(lost);
      await tams.database.query('DELETE FROM segments WHERE object_id = $1', [orphan]);
      await tams.database.query('DELETE FROM objects WHERE id = $1', [orphan]);
      await tams.database.query(`UPDATE objects SET registered = registered - interval '1 hour'`);
      await tams.database.query(`UPDATE object_instances SET state_since = state_since - interval '1 hour'`);
      const reconcile = async (repair: boolean) => {
        const findings: Finding[] = [];
        const reports = await new Reconciliation(database, new ReconciliationRepository(), backends).run({
          repair,
          abandonUploads: repair,
          minimumAgeSeconds: 0,
          signal: new AbortController().signal,
          onFinding: (finding) => findings.push(finding),
        });
        return { reports, found: findings.map(({ kind, object_id, repaired }) => [kind, object_id, repaired]) };
      };
      const { reports, found } = await reconcile(false);
      expect(found.sort()).toEqual([
        ['dangling', lost, false],
        ['orphan', orphan, false],
      ]);
      expect(reports.find(({ label }) => label === 'dead')?.problem).toEqual(expect.any(String));
      expect(reports.find(({ label }) => label === 'own')?.problem).toBeUndefined();
      await reconcile(true);
      expect(await backends.get(ownId)?.stat(orphan)).toBeUndefined();
      expect(await backends.get(ownId)?.stat(kept)).toBeDefined();
      expect(await tams.places(lost)).toEqual([]);
      await backends.get(ownId)?.delete(kept);
    } finally {
      for (const backend of all.map(unobserved)) if (backend instanceof S3StorageBackend) backend.close();
      await dataSource.destroy();
    }
  });
});
