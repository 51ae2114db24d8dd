import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { startTestServer } from '../support/test-server';
import { openTestStorage, type TestStorage } from '../support/test-storage';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { figures, fillDirectly, type ReadDeletion, unreferenced, untilDone } from './deletion-fixtures';
import { codeOf, type Problem, seconds, TestWorld } from '../support/test-world';

let storage: TestStorage;
let tams: TestWorld;

beforeAll(async () => {
  // This replica only accepts: a request stays as it is until a test starts a replica that works.
  storage = await openTestStorage();
  tams = await TestWorld.start({ ...storage.environment, JOB_WORKERS: 'false' });
});
afterAll(async () => {
  await tams.stop();
  await storage.remove();
});

const remove = <Body = Problem>(path: string, query: Readonly<Record<string, string>> = {}) =>
  tams.client.delete<Body>(path, { query });

/** Starts a second replica, with workers, on the same database. */
async function startWorker(): Promise<() => Promise<void>> {
  const worker = await startTestServer({ ...storage.environment, DATABASE_URL: tams.databaseUrl });
  return () => worker.stop();
}

describe('DELETE /flows/{flowId}/segments', () => {
  it('deletes what lies wholly within the timerange, to the nanosecond', async () => {
    const flow = await tams.flow();
    await tams.fill(flow, seconds(6));
    const left = async (timerange: string): Promise<string[]> => {
      expect((await remove(`/flows/${flow}/segments`, { timerange })).status).toBe(204);
      return tams.timeranges(flow);
    };
    expect(await left('(0:0_1:0)')).toHaveLength(6);
    expect(await left('[0:0_0:999999998]')).toHaveLength(6);
    expect(await left('()')).toHaveLength(6);
    expect(await left('[0:0_0:999999999]')).toEqual(seconds(5, 1));
    expect(await left('[1:500000000_4:500000000)')).toEqual(['[1:0_2:0)', '[4:0_5:0)', '[5:0_6:0)']);
    expect(await left('_5:0]')).toEqual(['[5:0_6:0)']);
    expect(await left('[5:0_')).toEqual([]);
    // As a client that lost the answer.
    expect(await left('[5:0_')).toEqual([]);
  });

  it('deletes all by default, and keeps what the Flow says of itself true', async () => {
    const { id: flow, ...metadata } = videoFlow();
    await tams.client.put(`/flows/${flow}`, { id: flow, ...metadata });
    await tams.fill(flow, [...seconds(3), '[10:0_11:0)', '[20:0_21:0)']);
    const steps = ['[1:0_2:0)', '[20:0_21:0)', '[0:0_1:0)', '_'];
    for (const timerange of steps) {
      await remove(`/flows/${flow}/segments`, timerange === '_' ? {} : { timerange });
      const { kept, counted } = await figures(tams.database, flow);
      expect(kept).toEqual(counted);
    }
    const read = await tams.client.get<Record<string, unknown>>(`/flows/${flow}`, {
      query: { include_timerange: true },
    });
    expect(read.body['timerange']).toBe('()');
    expect(read.body['segments_updated']).toBeDefined();
    const empty = { timerange: '()', source_id: metadata.source_id };
    expect((await tams.client.get<{ id: string }[]>('/flows', { query: empty })).body.map(({ id }) => id)).toEqual([
      flow,
    ]);
  });

  it('deletes only segments of one object, and keeps the figures true', async () => {
    const flow = await tams.flow();
    const [first, second, third] = await tams.fill(flow, seconds(3));
    const again = { object_id: first!.object_id, timerange: '[8:0_9:0)', ts_offset: '8:0' };
    expect((await tams.register(flow, again)).status).toBe(201);
    expect((await remove(`/flows/${flow}/segments`, { object_id: first!.object_id })).status).toBe(204);
    expect(await tams.timeranges(flow)).toEqual([second!.timerange, third!.timerange]);
    const { kept, counted } = await figures(tams.database, flow);
    expect(kept).toEqual(counted);
    await remove(`/flows/${flow}/segments`, { object_id: third!.object_id, timerange: '[0:0_2:500000000)' });
    expect(await tams.timeranges(flow)).toHaveLength(2);
  });

  it('lets an object go with its last segment, and takes it back when it is registered again', async () => {
    const [one, other] = [await tams.flow(), await tams.flow()];
    const [segment] = await tams.fill(one, ['[0:0_1:0)']);
    const id = segment!.object_id;
    await tams.register(other, segment!);
    await remove(`/flows/${one}/segments`);
    expect(
      (await tams.client.get<{ referenced_by_flows: string[] }>(`/objects/${id}`)).body.referenced_by_flows,
    ).toEqual([other]);
    expect(await unreferenced(tams.database, [id])).toEqual([]);
    await remove(`/flows/${other}/segments`);
    expect((await tams.client.get(`/objects/${id}`)).status).toBe(404);
    expect(await unreferenced(tams.database, [id])).toEqual([id]);
    expect((await tams.register(one, segment!)).status).toBe(201);
    expect((await tams.client.get(`/objects/${id}`)).status).toBe(200);
    expect(await unreferenced(tams.database, [id])).toEqual([]);
  });

  it('notices that an object is unused when its last two segments are deleted at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = [await tams.flow(), await tams.flow()];
      const segments = await tams.fill(one, seconds(20));
      expect((await tams.register(other, segments)).status).toBe(201);
      await Promise.all([remove(`/flows/${one}/segments`), remove(`/flows/${other}/segments`)]);
      const ids = segments.map((segment) => segment.object_id);
      expect(await unreferenced(tams.database, ids)).toHaveLength(20);
    }
  });

  it.each([
    ['an unknown Flow', () => `/flows/${randomUUID()}/segments`, 404, 'flow-not-found'],
    ['a malformed Flow id', () => '/flows/x/segments', 404, undefined],
    ['a read-only Flow', async () => `/flows/${await tams.flow({ read_only: true })}/segments`, 403, 'flow-read-only'],
    [
      'a malformed timerange',
      async () => `/flows/${await tams.flow()}/segments?timerange=soon`,
      400,
      'validation-failed',
    ],
  ])('refuses %s', async (_name, path, status, code) => {
    const answer = await tams.client.delete<Problem>(await path(), { check: status !== 400 });
    expect(answer.status).toBe(status);
    if (code) expect(codeOf(answer)).toBe(code);
  });

  it('deletes a thousand segments at once, and more by a request that any replica works on', async () => {
    const [small, large] = [await tams.flow(), await tams.flow()];
    await fillDirectly(tams.database, small, 1000);
    await fillDirectly(tams.database, large, 5010);
    expect((await remove(`/flows/${small}/segments`)).status).toBe(204);
    expect(await tams.timeranges(small)).toEqual([]);

    const answer = await remove<ReadDeletion>(`/flows/${large}/segments`, { timerange: '[1:500000000_5000:0]' });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      flow_id: large,
      timerange_to_delete: '[1:500000000_5000:0]',
      timerange_remaining: '[2:0_5000:0)',
      delete_flow: false,
      status: 'created',
    });
    const location = new URL(answer.headers.get('location') ?? '', tams.client.baseUrl);
    expect(location.pathname).toBe(`/flow-delete-requests/${answer.body.id}`);
    expect((await tams.client.get<ReadDeletion>(location.pathname)).body).toEqual(answer.body);

    // What is new and would be taken along is refused; the rest of the Flow is free.
    const [object] = await tams.allocate(large);
    const end = '[6000:0_6001:0)';
    await tams.database.query(`DELETE FROM segments WHERE flow_id = $1 AND timerange = '[3000:0_3001:0)'`, [large]);
    const refused = await tams.register(large, { object_id: object, timerange: '[3000:0_3001:0)' });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'timerange-being-deleted']);
    expect((await tams.register(large, { object_id: object, timerange: end })).status).toBe(201);

    const stopWorker = await startWorker();
    const done = await untilDone(tams.client, answer.body.id);
    expect(done).toMatchObject({ timerange_remaining: '()', status: 'done' });
    expect(await tams.timeranges(large)).toEqual([...seconds(2), ...seconds(10, 5000), end]);
    const [another] = await tams.allocate(large);
    expect((await tams.register(large, { object_id: another, timerange: '[3000:0_3001:0)' })).status).toBe(201);
    await stopWorker();
  });
});

describe('DELETE /flows/{flowId}', () => {
  it('deletes the Flow with its segments, and its Source with the last Flow', async () => {
    const flow = videoFlow();
    const sibling = videoFlow({ source_id: flow.source_id });
    await tams.client.put(`/flows/${flow.id}`, flow);
    await tams.client.put(`/flows/${sibling.id}`, sibling);
    await tams.client.put(`/sources/${flow.source_id}/tags/genre`, 'news');
    const segments = await tams.fill(flow.id, seconds(3));
    expect((await remove(`/flows/${flow.id}`)).status).toBe(204);
    expect((await remove(`/flows/${flow.id}`)).status).toBe(404);
    expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(404);
    expect(await tams.timeranges(flow.id)).toEqual([]);
    expect(
      await unreferenced(
        tams.database,
        segments.map((segment) => segment.object_id),
      ),
    ).toHaveLength(3);
    expect((await tams.client.get(`/sources/${flow.source_id}`)).status).toBe(200);
    expect((await remove(`/flows/${sibling.id}`)).status).toBe(204);
    expect((await tams.client.get(`/sources/${flow.source_id}`)).status).toBe(404);
    const { rows } = await tams.database.query('SELECT 1 FROM source_tags WHERE source_id = $1', [flow.source_id]);
    expect(rows).toEqual([]);
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    expect((await tams.client.get<object>(`/sources/${flow.source_id}`)).body).not.toHaveProperty('tags');
  });

  it('takes the Flow out of collections', async () => {
    const [video, audio] = [videoFlow(), audioFlow()];
    const multi = multiFlow([
      { id: video.id, role: 'video' },
      { id: audio.id, role: 'audio' },
    ]);
    for (const flow of [video, audio, multi]) await tams.client.put(`/flows/${flow.id}`, flow);
    const version = async () =>
      (await tams.client.get<Record<string, unknown>>(`/flows/${multi.id}`)).body['metadata_version'];
    const before = await version();
    await remove(`/flows/${video.id}`);
    const read = await tams.client.get<Record<string, unknown>>(`/flows/${multi.id}`);
    expect(read.body['flow_collection']).toEqual([{ id: audio.id, role: 'audio' }]);
    expect(await version()).not.toBe(before);
    const source = await tams.client.get<Record<string, unknown>>(`/sources/${multi.source_id}`);
    expect(source.body['source_collection']).toEqual([{ id: audio.source_id, role: 'audio' }]);
    await remove(`/flows/${multi.id}`);
    expect((await tams.client.get<object>(`/flows/${audio.id}`)).body).not.toHaveProperty('collected_by');
  });

  it('refuses an unknown Flow and a read-only one', async () => {
    expect((await remove(`/flows/${randomUUID()}`)).status).toBe(404);
    const flow = await tams.flow({ read_only: true });
    const answer = await remove(`/flows/${flow}`);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'flow-read-only']);
    await tams.client.put(`/flows/${flow}/read_only`, false);
    expect((await remove(`/flows/${flow}`)).status).toBe(204);
  });

  it('never loses a Source that a new Flow takes up at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const flow = videoFlow();
      const next = videoFlow({ source_id: flow.source_id });
      await tams.client.put(`/flows/${flow.id}`, flow);
      const [removed, made] = await Promise.all([
        remove(`/flows/${flow.id}`),
        tams.client.put(`/flows/${next.id}`, next),
      ]);
      expect([removed.status, made.status]).toEqual([204, 201]);
      expect((await tams.client.get(`/sources/${flow.source_id}`)).status).toBe(200);
    }
  });

  it('deletes 20,000 segments after the answer, while others are served at their usual pace', async () => {
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const other = await tams.flow();
    const shared = await tams.fill(other, seconds(30));
    await fillDirectly(tams.database, flow.id, 20_000);
    await tams.register(
      flow.id,
      shared.map((segment, n) => ({
        ...segment,
        timerange: `[${30_000 + n}:0_${30_001 + n}:0)`,
        ts_offset: '30000:0',
      })),
    );

    const answer = await remove<ReadDeletion>(`/flows/${flow.id}`);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      flow_id: flow.id,
      timerange_to_delete: '_',
      timerange_remaining: '[0:0_30030:0)',
      delete_flow: true,
      status: 'created',
    });
    expect((await remove<ReadDeletion>(`/flows/${flow.id}`)).body.id).toBe(answer.body.id);

    // It can be read to the end, but nothing is written to it any more.
    expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(200);
    expect((await tams.list(flow.id, { timerange: '[0:0_2:0)' })).body).toHaveLength(2);
    const writes = await Promise.all([
      tams.client.put<Problem>(`/flows/${flow.id}`, flow),
      tams.client.put<Problem>(`/flows/${flow.id}/label`, 'late'),
      tams.client.put<Problem>(`/flows/${flow.id}/read_only`, true),
      tams.client.post<Problem>(`/flows/${flow.id}/storage`, { limit: 1 }),
      tams.register(flow.id, { object_id: shared[0]!.object_id, timerange: '[50000:0_50001:0)', ts_offset: '50000:0' }),
      remove(`/flows/${flow.id}/segments`),
    ]);
    expect(writes.map((write) => [write.status, codeOf(write)])).toEqual(writes.map(() => [403, 'flow-being-deleted']));

    const stopWorker = await startWorker();
    const latencies: number[] = [];
    const remaining = new Set<string | undefined>();
    await eventually(
      async () => {
        const started = performance.now();
        expect((await tams.list(other)).body).toHaveLength(30);
        latencies.push(performance.now() - started);
        const { body } = await tams.client.get<ReadDeletion>(`/flow-delete-requests/${answer.body.id}`);
        remaining.add(body.timerange_remaining);
        return body.status;
      },
      (status) => status === 'done',
      { every: 5 },
    );
    await stopWorker();
    expect(remaining.size).toBeGreaterThan(2);
    expect(latencies.sort((a, b) => a - b)[Math.floor(latencies.length / 2)]).toBeLessThan(250);
    expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(404);
    expect((await tams.client.get(`/sources/${flow.source_id}`)).status).toBe(404);
    const { rows } = await tams.database.query<{ unused: string }>(
      'SELECT count(*) AS unused FROM objects WHERE id LIKE $1 AND unreferenced_since IS NOT NULL',
      [`${flow.id}-%`],
    );
    expect(Number(rows[0]?.unused)).toBe(20_000);
    expect(
      await unreferenced(
        tams.database,
        shared.map((segment) => segment.object_id),
      ),
    ).toEqual([]);
  });

  it('ends requests that were at work on segments of the Flow', async () => {
    const flow = await tams.flow();
    await fillDirectly(tams.database, flow, 1500);
    const range = await remove<ReadDeletion>(`/flows/${flow}/segments`);
    const whole = await remove<ReadDeletion>(`/flows/${flow}`);
    const stopWorker = await startWorker();
    for (const { body } of [range, whole])
      expect((await untilDone(tams.client, body.id)).timerange_remaining).toBe('()');
    await stopWorker();
    expect((await tams.client.get(`/flows/${flow}`)).status).toBe(404);
  });
});
