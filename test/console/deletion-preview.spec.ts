import { randomUUID } from 'node:crypto';
import { seconds, TestWorld } from '../support/test-world';

let tams: TestWorld;
beforeAll(async () => {
  tams = await TestWorld.start();
});
afterAll(() => tams.stop());

const preview = async (flowId: string, timerange?: string): Promise<unknown> => {
  const { status, body } = await tams.client.get(`/console/api/flows/${flowId}/deletion-preview`, {
    query: { timerange },
  });
  expect(status).toBe(200);
  return body;
};

it('tells what goes, what others use, and what is freed, of a Flow and of part of it', async () => {
  const [flow, other] = [await tams.flow({ label: 'Doomed', read_only: false }), await tams.flow()];
  const segments = await tams.fill(flow, seconds(5));
  await tams.database.query(
    `INSERT INTO object_instances (object_id, storage_id, size_bytes)
     SELECT object_id, gen_random_uuid(), 1000 FROM segments WHERE flow_id = $1`,
    [flow],
  );
  // The first object is used by another Flow too, the second once more later in this one.
  await tams.register(other, { object_id: segments[0]!.object_id, timerange: '[0:0_1:0)' });
  await tams.register(flow, { object_id: segments[1]!.object_id, timerange: '[9:0_10:0)', ts_offset: '8:0' });
  const named = { flow_id: flow, label: 'Doomed', read_only: false, flow_segment_count: 6, more: false };
  expect(await preview(flow)).toEqual({
    ...named,
    segments: 6,
    objects: 5,
    shared_objects: 1,
    bytes: 5000,
    freed_bytes: 4000,
  });
  expect(await preview(flow, '[1:0_3:500000000)')).toEqual({
    ...named,
    segments: 2,
    objects: 2,
    shared_objects: 1,
    bytes: 2000,
    freed_bytes: 1000,
  });
  expect(await preview(flow, '()')).toMatchObject({ segments: 0, objects: 0, bytes: 0 });
  expect((await tams.list(flow)).body).toHaveLength(6);
});

it('of what is no Flow is 404', async () => {
  expect((await tams.client.get(`/console/api/flows/${randomUUID()}/deletion-preview`)).status).toBe(404);
});
