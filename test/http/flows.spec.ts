import { randomUUID } from 'node:crypto';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

type Json = Record<string, unknown>;

let tams: TestServer;

beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

/** Creates a Flow and returns what the server says of it. */
async function create(flow: { id: string } & Json): Promise<Json> {
  const answer = await tams.client.put<Json>(`/flows/${flow.id}`, flow);
  expect(answer.status).toBe(201);
  return answer.body;
}

async function read(flowId: string, query: Record<string, string> = {}): Promise<Json> {
  const answer = await tams.client.get<Json>(`/flows/${flowId}`, { query });
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('PUT /flows/{flowId}', () => {
  it('creates with 201 and the Flow, then replaces with 204', async () => {
    const flow = videoFlow({ label: 'first', tags: { a: 'x', b: ['y', 'z'] }, custom_field: { kept: true } });
    const created = await create(flow);
    expect(created).toMatchObject(flow);
    const replaced = await tams.client.put(`/flows/${flow.id}`, { ...flow, label: 'second', tags: undefined });
    expect(replaced.status).toBe(204);
    const now = await read(flow.id);
    expect(now['label']).toBe('second');
    expect(now).not.toHaveProperty('tags');
    expect(now['created']).toBe(created['created']);
    expect(now['metadata_version']).not.toBe(created['metadata_version']);
    expect(Date.parse(now['metadata_updated'] as string)).toBeGreaterThanOrEqual(
      Date.parse(created['metadata_updated'] as string),
    );
  });

  it('ignores what is the server’s alone', async () => {
    const flow = videoFlow({
      created: '2001-01-01T00:00:00Z',
      metadata_updated: '2001-01-01T00:00:00Z',
      segments_updated: '2001-01-01T00:00:00Z',
      timerange: '[0:0_10:0)',
      collected_by: [randomUUID()],
    });
    const created = await create(flow);
    expect(created['created']).not.toMatch(/^2001/);
    expect(created['metadata_updated']).not.toMatch(/^2001/);
    for (const field of ['segments_updated', 'timerange', 'collected_by']) expect(created).not.toHaveProperty(field);
  });

  it('honours a client’s own metadata_version, and makes one when it is repeated with a change', async () => {
    const flow = videoFlow({ metadata_version: 'mine-1' });
    expect((await create(flow))['metadata_version']).toBe('mine-1');
    await tams.client.put(`/flows/${flow.id}`, { ...flow, label: 'changed' });
    const repeated = (await read(flow.id))['metadata_version'];
    expect(repeated).not.toBe('mine-1');
    await tams.client.put(`/flows/${flow.id}`, { ...flow, metadata_version: 'mine-2' });
    expect((await read(flow.id))['metadata_version']).toBe('mine-2');
  });

  it.each([
    ['another id than the path', (flow: Json) => ({ ...flow, id: randomUUID() }), 'body.id'],
    ['no source_id', (flow: Json) => ({ ...flow, source_id: undefined }), 'body.source_id'],
    ['no format', (flow: Json) => ({ ...flow, format: undefined }), 'body.format'],
    ['a format nobody knows', (flow: Json) => ({ ...flow, format: 'urn:x-nmos:format:smell' }), 'body.format'],
    ['no codec', (flow: Json) => ({ ...flow, codec: undefined }), 'body.codec'],
    ['a codec that is no MIME type', (flow: Json) => ({ ...flow, codec: 'h264' }), 'body.codec'],
    ['tags that are numbers', (flow: Json) => ({ ...flow, tags: { a: 1 } }), 'body.tags.a'],
    ['a label that is too long to sort by', (flow: Json) => ({ ...flow, label: 'x'.repeat(501) }), 'body.label'],
    ['a negative generation', (flow: Json) => ({ ...flow, generation: -1 }), 'body.generation'],
    ['an unknown status', (flow: Json) => ({ ...flow, status: 'paused' }), 'body.status'],
    [
      'a frame width of zero',
      (flow: Json) => ({
        ...flow,
        essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 0, frame_height: 1 },
      }),
      'body.essence_parameters.frame_width',
    ],
    [
      'no frame rate and no vfr',
      (flow: Json) => ({ ...flow, essence_parameters: { frame_width: 2, frame_height: 2 } }),
      'body.essence_parameters',
    ],
  ])('refuses %s and names the field', async (_case, change, path) => {
    const flow = videoFlow();
    const answer = await tams.client.put<{ errors: { path: string }[] }>(`/flows/${flow.id}`, change(flow));
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.path).join(' ')).toContain(path);
    expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(404);
  });

  it('refuses to move a Flow to another Source', async () => {
    const flow = videoFlow();
    await create(flow);
    const answer = await tams.client.put(`/flows/${flow.id}`, { ...flow, source_id: randomUUID() });
    expect(answer.status).toBe(400);
  });

  it('creates once when many clients PUT the same new Flow together', async () => {
    const flow = videoFlow();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        tams.client.put(`/flows/${flow.id}`, { ...flow, label: `writer ${index}` }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 204)).toHaveLength(11);
  });

  it('answers 404 for a malformed id, and 400 for a body that is not JSON', async () => {
    expect((await tams.client.put('/flows/not-a-uuid', videoFlow())).status).toBe(404);
    const flow = videoFlow();
    for (const options of [
      { rawBody: '{"id":', contentType: 'application/json' },
      { rawBody: JSON.stringify(flow), contentType: 'text/plain' },
      { rawBody: JSON.stringify(flow), contentType: null },
      { rawBody: '', contentType: 'application/json' },
    ]) {
      expect((await tams.client.put(`/flows/${flow.id}`, undefined, options)).status).toBe(400);
    }
  });
});

describe('Flows made from a Profile', () => {
  const technical = {
    format: 'urn:x-nmos:format:video',
    codec: 'video/h264',
    container: 'video/mp2t',
    avg_bit_rate: 2479,
    essence_parameters: { frame_rate: { numerator: 50 }, frame_width: 1280, frame_height: 720 },
  };
  const profileId = randomUUID();

  beforeAll(async () => {
    const answer = await tams.client.post(`/service/profiles/${profileId}`, {
      id: profileId,
      flow_metadata: technical,
    });
    expect(answer.status).toBe(201);
  });

  it('inherit its metadata, and are found by it', async () => {
    const flow = { id: randomUUID(), source_id: randomUUID(), profile_id: profileId, label: 'from profile' };
    expect(await create(flow)).toMatchObject({ ...technical, ...flow });
    const found = await tams.client.get<Json[]>('/flows', { query: { profile_id: profileId } });
    expect(found.body.map((item) => item['id'])).toEqual([flow.id]);
  });

  it('refuse technical metadata beside profile_id, an unknown Profile, and a changed bit rate', async () => {
    const flow = { id: randomUUID(), source_id: randomUUID(), profile_id: profileId };
    expect((await tams.client.put(`/flows/${flow.id}`, { ...flow, codec: 'video/h265' })).status).toBe(400);
    expect((await tams.client.put(`/flows/${flow.id}`, { ...flow, profile_id: randomUUID() })).status).toBe(400);
    await create(flow);
    expect((await tams.client.put(`/flows/${flow.id}/avg_bit_rate`, 9)).status).toBe(400);
    expect((await tams.client.delete(`/flows/${flow.id}/avg_bit_rate`)).status).toBe(400);
    expect((await tams.client.put(`/flows/${flow.id}/max_bit_rate`, 9)).status).toBe(204);
  });

  it('break the link only by an empty profile_id', async () => {
    const flow = { id: randomUUID(), source_id: randomUUID(), profile_id: profileId };
    await create(flow);
    const own = { id: flow.id, source_id: flow.source_id, ...technical, avg_bit_rate: 1 };
    expect((await tams.client.put(`/flows/${flow.id}`, own)).status).toBe(400);
    // The empty text is the specification's own way to break the link, though its schema does not list it.
    expect((await tams.client.put(`/flows/${flow.id}`, { ...own, profile_id: '' })).status).toBe(204);
    const now = await read(flow.id);
    expect(now['avg_bit_rate']).toBe(1);
    expect(now).not.toHaveProperty('profile_id');
  });
});

describe('properties of a Flow', () => {
  it.each([
    ['label', 'A label', 5],
    ['description', 'A description', { not: 'text' }],
    ['max_bit_rate', 5000, -1],
    ['avg_bit_rate', 3246, 'fast'],
  ])('%s is set, read and unset, each time with a new metadata_version', async (name, value, wrong) => {
    const flow = videoFlow();
    const versions = [(await create(flow))['metadata_version']];
    const path = `/flows/${flow.id}/${name}`;
    expect((await tams.client.get(path)).status).toBe(404);
    expect((await tams.client.put(path, value)).status).toBe(204);
    versions.push((await read(flow.id))['metadata_version']);
    expect((await tams.client.get(path)).body).toEqual(value);
    expect((await tams.client.head(path)).status).toBe(200);
    expect((await tams.client.put(path, wrong)).status).toBe(400);
    expect((await tams.client.delete(path)).status).toBe(204);
    versions.push((await read(flow.id))['metadata_version']);
    expect((await tams.client.get(path)).status).toBe(404);
    expect(new Set(versions).size).toBe(3);
  });

  it('tags are set, read, filtered by and removed, whatever their names', async () => {
    const flow = videoFlow({ tags: { genre: ['news', 'sport'] } });
    await create(flow);
    const name = `odd ${randomUUID()}/ü&=`;
    const path = `/flows/${flow.id}/tags/${encodeURIComponent(name)}`;
    expect((await tams.client.get(path)).status).toBe(404);
    expect((await tams.client.put(path, 'one')).status).toBe(204);
    expect((await tams.client.get(path)).body).toBe('one');
    expect((await tams.client.put(path, ['two', 'three'])).status).toBe(204);
    expect((await tams.client.get(`/flows/${flow.id}/tags`)).body).toEqual({
      genre: ['news', 'sport'],
      [name]: ['two', 'three'],
    });
    const found = await tams.client.get<Json[]>('/flows', { query: { [`tag.${name}`]: 'three,four' } });
    expect(found.body.map((item) => item['id'])).toEqual([flow.id]);
    expect((await tams.client.put(path, 7)).status).toBe(400);
    expect((await tams.client.delete(path)).status).toBe(204);
    expect((await tams.client.delete(path)).status).toBe(404);
    expect((await tams.client.get<Json[]>('/flows', { query: { [`tag_exists.${name}`]: true } })).body).toEqual([]);
  });

  it('answers 404 for every property of a Flow that does not exist', async () => {
    const path = `/flows/${randomUUID()}`;
    for (const name of [
      '',
      '/tags',
      '/tags/x',
      '/label',
      '/description',
      '/read_only',
      '/flow_collection',
      '/max_bit_rate',
      '/avg_bit_rate',
    ]) {
      expect((await tams.client.get(`${path}${name}`)).status).toBe(404);
    }
    expect((await tams.client.put(`${path}/label`, 'x')).status).toBe(404);
    expect((await tams.client.put(`${path}/read_only`, true)).status).toBe(404);
    expect((await tams.client.delete(`${path}/tags/x`)).status).toBe(404);
  });
});

describe('a read-only Flow', () => {
  it('refuses everything but the switch', async () => {
    const flow = videoFlow({ label: 'x', tags: { a: 'b' } });
    await create(flow);
    const path = `/flows/${flow.id}`;
    expect((await tams.client.get(`${path}/read_only`)).body).toBe(false);
    expect((await tams.client.put(`${path}/read_only`, 'yes')).status).toBe(400);
    expect((await tams.client.put(`${path}/read_only`, true)).status).toBe(204);
    expect((await tams.client.get(`${path}/read_only`)).body).toBe(true);
    const refused = [
      tams.client.put(path, flow),
      tams.client.put(`${path}/label`, 'y'),
      tams.client.delete(`${path}/label`),
      tams.client.put(`${path}/tags/a`, 'c'),
      tams.client.delete(`${path}/tags/a`),
      tams.client.put(`${path}/flow_collection`, []),
      tams.client.put(`${path}/max_bit_rate`, 1),
      tams.client.post(`${path}/storage`, {}),
      tams.client.post(`${path}/segments`, { object_id: 'o', timerange: '[0:0_1:0)' }),
    ];
    for (const answer of await Promise.all(refused)) expect(answer.status).toBe(403);
    expect((await tams.client.put(`${path}/read_only`, false)).status).toBe(204);
    expect((await tams.client.put(`${path}/label`, 'y')).status).toBe(204);
  });
});

describe('Flow Collections', () => {
  it('show on both levels, in order, with roles', async () => {
    const video = videoFlow();
    const audio = audioFlow();
    await create(video);
    await create(audio);
    const multi = multiFlow([
      { id: video.id, role: 'video', container_mapping: { track_index: 0 } },
      { id: audio.id, role: 'audio' },
    ]);
    expect((await create(multi))['flow_collection']).toEqual(multi['flow_collection']);
    expect((await read(video.id))['collected_by']).toEqual([multi.id]);
    const source = await tams.client.get<Json>(`/sources/${multi.source_id}`);
    expect(source.body['source_collection']).toEqual([
      { id: video.source_id, role: 'video' },
      { id: audio.source_id, role: 'audio' },
    ]);
    expect((await tams.client.get<Json>(`/sources/${audio.source_id}`)).body['collected_by']).toEqual([
      multi.source_id,
    ]);

    const collected = await tams.client.get<Json[]>('/flows', {
      query: { collected_by_ids: `${randomUUID()},${multi.id}` },
    });
    expect(collected.body.map((item) => item['id']).sort()).toEqual([video.id, audio.id].sort());
    const top = await tams.client.get<Json[]>('/flows', {
      query: { collected_by_ids: '', source_id: multi.source_id },
    });
    expect(top.body.map((item) => item['id'])).toEqual([multi.id]);

    expect((await tams.client.delete(`/flows/${multi.id}/flow_collection`)).status).toBe(204);
    expect((await tams.client.get(`/flows/${multi.id}/flow_collection`)).body).toEqual([]);
    expect(await read(video.id)).not.toHaveProperty('collected_by');
  });

  it('refuse members that do not exist', async () => {
    const multi = multiFlow([{ id: randomUUID() }]);
    expect((await tams.client.put(`/flows/${multi.id}`, multi)).status).toBe(400);
    expect((await tams.client.get(`/flows/${multi.id}`)).status).toBe(404);
    expect((await tams.client.get(`/sources/${multi.source_id}`)).status).toBe(404);
  });

  it('refuse a role or an order that contradicts another Flow of the Source', async () => {
    const video = videoFlow();
    const audio = audioFlow();
    await create(video);
    await create(audio);
    const first = multiFlow([{ id: video.id, role: 'main' }, { id: audio.id }]);
    await create(first);
    const second = (collection: Json[]): Promise<{ status: number }> => {
      const flow = multiFlow(collection, { source_id: first.source_id });
      return tams.client.put(`/flows/${flow.id}`, flow);
    };
    expect((await second([{ id: video.id, role: 'other' }])).status).toBe(400);
    expect((await second([{ id: audio.id }, { id: video.id, role: 'main' }])).status).toBe(400);
    expect((await second([{ id: video.id, role: 'main' }, { id: audio.id }])).status).toBe(201);
  });
});

describe('GET /flows', () => {
  let marker: string;
  let flows: ({ id: string; source_id: string } & Json)[];

  beforeAll(async () => {
    marker = randomUUID();
    const mark = { tags: { marker } };
    flows = [
      videoFlow({ ...mark, label: 'b', status: 'ingesting' }),
      videoFlow({ ...mark, label: 'a', codec: 'video/h265' }),
      audioFlow({ ...mark }),
      videoFlow({
        ...mark,
        label: 'C',
        essence_parameters: { vfr: true, frame_width: 640, frame_height: 360, init_segments: true },
        tags: { marker, empty: [] },
      }),
      audioFlow({ ...mark, label: 'ä' }),
    ];
    for (const flow of flows) await create(flow);
  });

  async function list(query: Record<string, string>): Promise<number[]> {
    const answer = await tams.client.get<Json[]>('/flows', { query: { 'tag.marker': marker, ...query } });
    expect(answer.status).toBe(200);
    return answer.body.map((item) => flows.findIndex((flow) => flow.id === item['id']));
  }

  it.each([
    [{}, [4, 3, 2, 1, 0]],
    [{ reverse_order: 'true' }, [0, 1, 2, 3, 4]],
    [{ sort_by: 'label' }, [3, 1, 0, 4, 2]],
    [{ sort_by: 'label', reverse_order: 'true' }, [2, 4, 0, 1, 3]],
    [{ format: 'urn:x-nmos:format:audio' }, [4, 2]],
    [{ codec: 'video/h265' }, [1]],
    [{ label: 'b' }, [0]],
    [{ status: 'ingesting' }, [0]],
    [{ frame_width: '640' }, [3]],
    [{ frame_height: '1080', codec: 'video/h264' }, [0]],
    [{ init_segments: 'true' }, [3]],
    [{ init_segments: 'false' }, [4, 2, 1, 0]],
    [{ 'tag_exists.empty': 'true' }, [3]],
    [{ 'tag_exists.empty': 'false' }, [4, 2, 1, 0]],
    [{ 'tag.empty': 'x' }, []],
    [{ timerange: '()' }, [4, 3, 2, 1, 0]],
    [{ timerange: '_' }, [4, 3, 2, 1, 0]],
    [{ timerange: '[0:0_' }, []],
  ])('filters and sorts by %j', async (query, expected) => {
    expect(await list(query as Record<string, string>)).toEqual(expected);
  });

  it.each(['created', 'metadata_updated', 'label'])(
    'pages through %s in both directions without loss or repeat',
    async (sort_by) => {
      for (const reverse_order of [false, true]) {
        const query = { 'tag.marker': marker, sort_by, reverse_order, limit: 2 };
        const seen: unknown[] = [];
        let answer = await tams.client.get<Json[]>('/flows', { query });
        for (;;) {
          seen.push(...answer.body.map((item) => item['id']));
          const page = answer.headers.get('x-paging-nextkey');
          if (!page) break;
          expect(answer.headers.get('link')).toMatch(/^<http:\/\/127\.0\.0\.1:\d+\/flows\?[^,;<>]+>; rel="next"$/);
          answer = await tams.client.get<Json[]>('/flows', { query: { ...query, page } });
        }
        const whole = await tams.client.get<Json[]>('/flows', { query: { ...query, limit: 1000 } });
        expect(seen).toEqual(whole.body.map((item) => item['id']));
        expect(seen).toHaveLength(flows.length);
      }
    },
  );

  it('keeps its place while Flows are added', async () => {
    const query = { 'tag.marker': marker, limit: 2 };
    const first = await tams.client.get<Json[]>('/flows', { query });
    const added = videoFlow({ tags: { marker } });
    await create(added);
    const page = first.headers.get('x-paging-nextkey') ?? '';
    const second = await tams.client.get<Json[]>('/flows', { query: { ...query, page } });
    expect(second.body.map((item) => flows.findIndex((flow) => flow.id === item['id']))).toEqual([2, 1]);
    flows.push(added);
  });

  it('serves at most 1000, and says so', async () => {
    const answer = await tams.client.get('/flows', { query: { limit: 5000 } });
    expect(answer.headers.get('x-paging-limit')).toBe('1000');
    expect((await tams.client.get('/flows')).headers.get('x-paging-limit')).toBe('100');
  });

  it.each([
    ['limit=0', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['limit=1&limit=2', 'query.limit'],
    ['page=nonsense', 'query.page'],
    ['sort_by=size', 'query.sort_by'],
    ['reverse_order=maybe', 'query.reverse_order'],
    ['source_id=1', 'query.source_id'],
    ['timerange=[1_2)', 'query.timerange'],
    ['format=video', 'query.format'],
    ['codec=h264', 'query.codec'],
    ['frame_width=1.5', 'query.frame_width'],
    ['status=paused', 'query.status'],
    ['collected_by_ids=x', 'query.collected_by_ids'],
    ['tag_exists.a=perhaps', 'query.tag_exists.a'],
    ['tag.=a', 'query.tag.'],
    ['tag_exists.=true', 'query.tag_exists.'],
    ['label=a%00b', 'query'],
  ])('refuses %s and names the parameter', async (query, path) => {
    const answer = await tams.client.raw({ method: 'GET', path: `/flows?${query}` });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(path);
  });

  it('refuses a page key of another order', async () => {
    const page = (await tams.client.get('/flows', { query: { limit: 1 } })).headers.get('x-paging-nextkey') ?? '';
    expect((await tams.client.get('/flows', { query: { sort_by: 'label', page } })).status).toBe(400);
    expect((await tams.client.get('/flows', { query: { reverse_order: true, page } })).status).toBe(400);
  });
});

describe('other methods', () => {
  it('answers 405 with Allow', async () => {
    const answer = await tams.client.raw({ method: 'POST', path: '/flows', check: false });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});
