import { randomUUID } from 'node:crypto';
import { InstanceFixtures } from '../http/instance-fixtures';
import { eventually } from '../support/eventually';
import { valueOf } from '../telemetry/scrape';
import { bucketEntry, describeWithGateway, gateway } from './gateway';

const UPLOADED = 60;

describeWithGateway('sizes of what clients uploaded to S3', () => {
  const bucket = bucketEntry('one', gateway.bucket);
  let tams: InstanceFixtures;

  beforeAll(async () => {
    tams = await InstanceFixtures.start({ OBJECT_SIZE_INTERVAL_SECONDS: '1', RECONCILE_INTERVAL_SECONDS: '0' }, [
      bucket,
    ]);
  });
  afterAll(() => tams.stop());

  it('are learned from listings of the bucket, and those that lie alone one by one', async () => {
    const flow = await tams.flow();
    const answer = await tams.client.post<{ media_objects: { object_id: string; put_url: { url: string } }[] }>(
      `/flows/${flow}/storage`,
      { limit: UPLOADED + 1, storage_id: bucket.id },
    );
    const [absent, ...uploaded] = answer.body.media_objects;
    const alone = `lone-${randomUUID()}`;
    const request = { object_ids: [alone], storage_id: bucket.id };
    const own = await tams.client.post<typeof answer.body>(`/flows/${flow}/storage`, request);
    const all = [...uploaded, ...own.body.media_objects];
    for (const [index, { put_url: put }] of all.entries())
      expect(await tams.upload(put.url, new Uint8Array(index + 1))).toBe(200);

    const calls = (): Promise<number> =>
      valueOf('tams_s3_operation_duration_seconds_count', { operation: 'stat', storage_backend: bucket.id });
    const before = await calls();
    const segments = [absent!, ...all].map(({ object_id: id }, second) => ({
      object_id: id,
      timerange: `[${second}:0_${second + 1}:0)`,
    }));
    expect((await tams.client.post(`/flows/${flow}/segments`, segments)).status).toBe(201);

    const sizes = await eventually(
      async () => {
        const { rows } = await tams.database.query<{ object_id: string; size_bytes: string }>(
          'SELECT object_id, size_bytes FROM object_instances WHERE size_bytes IS NOT NULL',
        );
        return rows;
      },
      (rows) => rows.length === all.length,
    );
    expect(new Map(sizes.map((row) => [row.object_id, Number(row.size_bytes)]))).toEqual(
      new Map(all.map(({ object_id: id }, index) => [id, index + 1])),
    );
    // A call for each would be as many as there are objects.
    expect((await calls()) - before).toBeLessThan(UPLOADED / 4);
  }, 60_000);
});
