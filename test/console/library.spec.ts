import { randomUUID } from 'node:crypto';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { seconds, TestWorld } from '../support/test-world';

interface Overview extends Record<string, unknown> {
  readonly id: string;
}

let tams: TestWorld;
beforeAll(async () => {
  tams = await TestWorld.start();
});
afterAll(() => tams.stop());

const flows = async (query: Readonly<Record<string, string | number | boolean>> = {}): Promise<Overview[]> =>
  (await tams.client.get<Overview[]>('/console/api/flows', { query })).body;
const overview = async (flowId: string): Promise<Overview> =>
  (await tams.client.get<Overview>(`/console/api/flows/${flowId}`)).body;

async function put(flow: ReturnType<typeof videoFlow>): Promise<string> {
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  return flow.id;
}

/** Says of every object of a Flow how many bytes it has. */
async function sizes(flowId: string, bytes: number): Promise<void> {
  await tams.database.query(
    `INSERT INTO object_instances (object_id, storage_id, size_bytes)
     SELECT object_id, gen_random_uuid(), $2 FROM segments WHERE flow_id = $1`,
    [flowId, bytes],
  );
}

/** Makes it so long ago that the Flow was added to. */
async function addedAgo(flowId: string, ago: string): Promise<void> {
  await tams.database.query('UPDATE flows SET segments_added = now() - $2::interval WHERE id = $1', [flowId, ago]);
}

describe('one Flow', () => {
  it('without segments is empty', async () => {
    const flow = videoFlow({ label: 'Empty', description: 'nothing yet', tags: { genre: ['news', 'sport'] } });
    const id = await put(flow);
    expect(await overview(id)).toEqual({
      id,
      source_id: flow.source_id,
      label: 'Empty',
      description: 'nothing yet',
      format: 'urn:x-nmos:format:video',
      codec: 'video/h264',
      container: 'video/mp2t',
      read_only: false,
      created: expect.any(String) as unknown,
      metadata_updated: expect.any(String) as unknown,
      tags: { genre: ['news', 'sport'] },
      essence_parameters: flow['essence_parameters'],
      summary: 'H.264 1920x1080 25 fps',
      segment_count: 0,
      activity: 'empty',
    });
  });

  it('tells extent, holes and the size it added up', async () => {
    const id = await put(videoFlow());
    await tams.fill(id, ['[10:0_12:0)', '[12:0_13:500000000)', '[20:0_21:0)']);
    await sizes(id, 1000);
    expect(await overview(id)).toMatchObject({
      segment_count: 3,
      extent: '[10:0_21:0)',
      duration_seconds: 11,
      covered_seconds: 4.5,
      hole_seconds: 6.5,
      size_bytes: 3000,
      playback: `/flows/${id}/output.m3u8`,
      size_exact: true,
      activity: 'live',
      last_added: expect.any(String) as unknown,
      last_added_age_seconds: expect.any(Number) as unknown,
    });
  });

  it('estimates the size of a long one from its latest segments', async () => {
    const id = await put(videoFlow());
    await tams.fill(id, seconds(40));
    await sizes(id, 1000);
    expect(await overview(id)).toMatchObject({ size_bytes: 40_000, size_exact: false, hole_seconds: 0 });
  });

  it('keeps its figures when segments are deleted', async () => {
    const id = await put(videoFlow());
    await tams.fill(id, seconds(10));
    expect((await tams.client.delete(`/flows/${id}/segments`, { query: { timerange: '[3:0_5:0)' } })).status).toBe(204);
    expect(await overview(id)).toMatchObject({ covered_seconds: 8, hole_seconds: 2, segment_count: 8 });
    expect((await tams.client.delete(`/flows/${id}/segments`)).status).toBe(204);
    const empty = await overview(id);
    expect(empty).toMatchObject({ segment_count: 0, activity: 'empty' });
    expect(empty).not.toHaveProperty('hole_seconds');
  });

  it('made of others tells what they hold together', async () => {
    const [video, audio] = [videoFlow({ label: 'Picture' }), audioFlow({ label: 'Sound' })];
    await put(video);
    await put(audio);
    await tams.fill(video.id, seconds(3, 5));
    await tams.fill(audio.id, seconds(4, 6));
    const collection = [
      { id: audio.id, role: 'sound' },
      { id: video.id, role: 'picture' },
    ];
    const multi = await put(multiFlow(collection, { container: undefined }));
    expect(await overview(multi)).toMatchObject({
      summary: 'multi',
      from_members: true,
      segment_count: 7,
      extent: '[5:0_10:0)',
      activity: 'live',
      member_count: 2,
      members: [
        { id: audio.id, role: 'sound', label: 'Sound', codec: 'audio/aac', segment_count: 4 },
        { id: video.id, role: 'picture', label: 'Picture', codec: 'video/h264', segment_count: 3 },
      ],
    });
    expect(await overview(video.id)).toMatchObject({ collected_by: [multi] });
  });

  it('says how fast it grows', async () => {
    const id = await put(videoFlow());
    const segments = await tams.fill(id, seconds(5));
    await sizes(id, 1000);
    // Registered one by one, half a second apart.
    for (const [index, { object_id: objectId }] of segments.entries())
      await tams.database.query(
        `UPDATE objects SET registered = 'epoch'::timestamptz + $2 * interval '0.5 s' WHERE id = $1`,
        [objectId, index],
      );
    expect(await overview(id)).toMatchObject({ rate: { media_per_second: 2, bits_per_second: 16_000 } });
  });

  it('that is none is 404', async () => {
    expect((await tams.client.get(`/console/api/flows/${randomUUID()}`)).status).toBe(404);
  });
});

describe('activity', () => {
  it('tells live from stalled, idle and empty, and is filtered by', async () => {
    const source_id = randomUUID();
    const ids: Record<string, string> = {};
    for (const activity of ['live', 'stalled', 'idle', 'empty'])
      ids[activity] = await put(videoFlow({ source_id, ...(activity !== 'idle' && { status: 'ingesting' }) }));
    for (const activity of ['live', 'stalled', 'idle']) await tams.fill(ids[activity]!, seconds(2));
    await addedAgo(ids['stalled']!, '61 seconds');
    await addedAgo(ids['idle']!, '61 seconds');
    for (const [activity, id] of Object.entries(ids)) {
      expect(await overview(id)).toMatchObject({ activity });
      expect((await flows({ source_id, activity })).map((flow) => flow.id)).toEqual([id]);
    }
  });

  it('is idle as soon as all is there, however fresh it is', async () => {
    const flow = videoFlow({ status: 'closed_complete' });
    await put(flow);
    await tams.fill(flow.id, seconds(2));
    expect(await overview(flow.id)).toMatchObject({ activity: 'idle' });
    for (const [activity, found] of [
      ['idle', [flow.id]],
      ['live', []],
    ] as const)
      expect((await flows({ source_id: flow.source_id, activity })).map(({ id }) => id)).toEqual(found);
    const { body } = await tams.client.get<Overview[]>('/console/api/sources', { query: { search: flow.source_id } });
    expect(body.map(({ activity }) => activity)).toEqual(['idle']);
  });
});

describe('search', () => {
  it('finds any part of id, label, description, names and values of tags, in any case', async () => {
    const mark = randomUUID().slice(0, 8);
    const flow = videoFlow({
      label: `Große Kamera ${mark}-label`,
      description: `From ${mark}-description on`,
      tags: { [`${mark}-name`]: [`${mark}-VALUE`, '100%_sure'] },
    });
    await put(flow);
    await put(videoFlow({ label: 'another' }));
    const found = async (search: string): Promise<string[]> => (await flows({ search })).map(({ id }) => id);
    for (const text of ['GROSSE KAMERA', `${mark}-Label`, `${mark}-desc`, `${mark}-NAME`, `${mark}-value`].slice(1))
      expect([text, await found(text)]).toEqual([text, [flow.id]]);
    expect(await found(flow.id.slice(3, 30))).toEqual([flow.id]);
    expect(await found('100%_sure')).toEqual([flow.id]);
    expect(await found('1%sure')).toEqual([]);
    expect(await found('große')).toEqual([flow.id]);
    expect(await found(`${mark}-nowhere`)).toEqual([]);
    const { body } = await tams.client.get<Overview[]>('/console/api/sources', { query: { search: `${mark}-label` } });
    expect(body.map(({ id }) => id)).toEqual([flow.source_id]);
  });
});

describe('pages', () => {
  it.each(['created', 'metadata_updated', 'label', 'last_added'])(
    'by %s hold every Flow once, in both directions',
    async (sort_by) => {
      const genre = randomUUID();
      for (const [index, label] of ['b', 'a', undefined, 'd', 'c'].entries()) {
        const id = await put(videoFlow({ ...(label && { label }), tags: { genre } }));
        if (index !== 3) await tams.fill(id, seconds(1));
        if (index < 2) await addedAgo(id, `${index + 1} hours`);
      }
      const walk = async (reverse: boolean): Promise<string[]> => {
        const query = { sort_by, limit: 2, 'tag.genre': genre, ...(reverse && { reverse_order: true }) };
        const ids: string[] = [];
        let page = await tams.client.get<Overview[]>('/console/api/flows', { query });
        for (;;) {
          ids.push(...page.body.map(({ id }) => id));
          if (!page.headers.has('link')) return ids;
          page = (await tams.client.next<Overview[]>(page))!;
        }
      };
      const ids = await walk(false);
      expect(new Set(ids).size).toBe(5);
      expect(await walk(true)).toEqual(ids.toReversed());
    },
  );

  it('refuse what they do not know', async () => {
    for (const query of [
      { sort_by: 'size' },
      { activity: 'dead' },
      { page: 'x' },
      { search: 'x'.repeat(201) },
    ] as const)
      expect((await tams.client.get('/console/api/flows', { query })).status).toBe(400);
  });
});

describe('Sources', () => {
  it('tell of their Flows, and of what these collect', async () => {
    const source_id = randomUUID();
    const small = videoFlow({ source_id, label: 'Proxy' });
    const large = videoFlow({ source_id, label: 'Main' });
    await put(small);
    await put(large);
    await tams.fill(small.id, seconds(1, 100));
    await tams.fill(large.id, seconds(3, 101));
    const { body } = await tams.client.get<Overview[]>('/console/api/sources', { query: { search: source_id } });
    expect(body).toEqual([
      expect.objectContaining({
        id: source_id,
        format: 'urn:x-nmos:format:video',
        flow_count: 2,
        flows: [
          expect.objectContaining({ id: large.id, label: 'Main', summary: 'H.264 1920x1080 25 fps', segment_count: 3 }),
          expect.objectContaining({ id: small.id, label: 'Proxy' }),
        ],
        segment_count: 4,
        extent: '[100:0_104:0)',
        duration_seconds: 4,
        activity: 'live',
      }),
    ]);
    const multi = multiFlow([{ id: small.id }], { container: undefined });
    await put(multi);
    const { body: collecting } = await tams.client.get<Overview[]>('/console/api/sources', {
      query: { search: multi.source_id },
    });
    expect(collecting).toEqual([expect.objectContaining({ flow_count: 1, segment_count: 1, extent: '[100:0_101:0)' })]);
  });
});
