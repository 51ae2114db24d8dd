import { randomUUID } from 'node:crypto';
import { audioFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string }[];
}
type Flow = ReturnType<typeof videoFlow>;

let tams: TestServer;
beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

const put = (flow: Record<string, unknown>) => tams.client.put<Problem>(`/flows/${String(flow['id'])}`, flow);

async function create(flow: Flow): Promise<Flow> {
  expect((await put(flow)).status).toBe(201);
  return flow;
}

async function allocate(flow: Flow, changes: Record<string, unknown> = {}): Promise<string> {
  const request = { limit: 1, ...changes };
  const answer = await tams.client.post<{ media_objects: { object_id: string }[] }>(
    `/flows/${flow.id}/storage`,
    request,
  );
  return answer.body.media_objects[0]!.object_id;
}

const register = (flow: Flow, segment: Record<string, unknown>) =>
  tams.client.post<Problem>(`/flows/${flow.id}/segments`, { timerange: '[0:0_1:0)', ...segment });

const essence = (changes: Record<string, unknown>) => ({
  essence_parameters: { ...(videoFlow()['essence_parameters'] as object), ...changes },
});

/** A Profile with the technical metadata of a video Flow. */
async function profile(changes: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  const { format, codec, container, essence_parameters } = videoFlow(changes);
  const body = { id, flow_metadata: { format, codec, container, essence_parameters } };
  expect((await tams.client.post(`/service/profiles/${id}`, body)).status).toBe(201);
  return id;
}

describe('a Flow with Segments keeps what they rely on', () => {
  async function flowWithSegment(): Promise<Flow> {
    const flow = await create(videoFlow());
    expect((await register(flow, { object_id: await allocate(flow) })).status).toBe(201);
    return flow;
  }

  it.each([
    ['container', { container: 'video/mp4' }],
    ['container', { container: undefined }],
    ['essence_parameters.init_segments', essence({ init_segments: true })],
  ])('refuses another %s (%j), by PUT', async (field, changes) => {
    const flow = await flowWithSegment();
    const answer = await put({ ...flow, ...changes });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.path).toBe(`body.${field}`);
  });

  it('refuses to lose init_segments', async () => {
    const flow = await create(videoFlow({ container: 'video/iso.segment', ...essence({ init_segments: true }) }));
    const init_object_id = await allocate(flow, { content_type: 'video/mp4' });
    expect((await register(flow, { object_id: await allocate(flow), init_object_id })).status).toBe(201);
    expect((await put({ ...flow, ...essence({}) })).status).toBe(400);
  });

  it.each([{ container: 'video/mp4' }, essence({ init_segments: true })])(
    'refuses it by a Profile: %j',
    async (changes) => {
      const { id, source_id } = await flowWithSegment();
      const answer = await put({ id, source_id, profile_id: await profile(changes) });
      expect([answer.status, answer.body.type]).toEqual([400, 'urn:x-tams:problem:flow-segments-depend']);
    },
  );

  it('takes a Profile that says the same, another spelling of the container, and every other change', async () => {
    const flow = await flowWithSegment();
    const { id, source_id } = flow;
    expect((await put({ id, source_id, profile_id: await profile({}) })).status).toBe(204);
    expect((await put({ ...flow, profile_id: '', container: 'video/MP2T' })).status).toBe(204);
    expect((await put({ ...flow, codec: 'video/h265', label: 'other' })).status).toBe(204);
  });

  it('may change while there are none', async () => {
    const flow = await create(videoFlow());
    expect((await put({ ...flow, container: 'video/mp4', ...essence({ init_segments: true }) })).status).toBe(204);
    expect((await put(flow)).status).toBe(204);
  });
});

describe('a Media Object has the type of its Flow’s container', () => {
  it('is refused with another type, alone and in a list', async () => {
    const flow = await create(videoFlow());
    const object_id = await allocate(flow, { content_type: 'video/mp4' });
    const alone = await register(flow, { object_id });
    expect([alone.status, alone.body.type]).toEqual([400, 'urn:x-tams:problem:object-container-mismatch']);
    expect(alone.body.detail).toContain('video/mp2t');
    const good = { object_id: await allocate(flow), timerange: '[5:0_6:0)' };
    const list = await tams.client.post<{ failed_segments: { error: { type: string } }[] }>(
      `/flows/${flow.id}/segments`,
      [{ object_id, timerange: '[0:0_1:0)' }, good],
    );
    expect(list.status).toBe(200);
    expect(list.body.failed_segments.map(({ error }) => error.type)).toEqual(['object-container-mismatch']);
  });

  it.each([
    ['audio/mp4', 'video/mp4'],
    ['audio/x-wav', 'audio/wav'],
    ['VIDEO/MP2T', 'video/mp2t'],
    ['video/mp2t', 'video/mp2t;version=1'],
  ])('may be %s where the container is %s', async (content_type, container) => {
    const flow = await create(videoFlow({ container }));
    const object_id = await allocate(flow, { content_type: content_type.toLowerCase() });
    expect((await register(flow, { object_id })).status).toBe(201);
  });

  it('is compared too where another Flow uses it again', async () => {
    const first = await create(videoFlow());
    const object_id = await allocate(first);
    expect((await register(first, { object_id })).status).toBe(201);
    expect((await register(await create(videoFlow({ container: 'video/mp4' })), { object_id })).status).toBe(400);
    expect((await register(await create(videoFlow()), { object_id })).status).toBe(201);
  });
});

describe('rules of uncompressed media that stand in descriptions only', () => {
  const raw = { bit_depth: 10, unc_parameters: { unc_type: 'v210' }, horiz_chroma_subs: 2, vert_chroma_subs: 1 };
  const without = (field: keyof typeof raw) => essence({ ...raw, [field]: undefined });
  const audio = (codec: string, parameters: object) =>
    audioFlow({ codec, essence_parameters: { sample_rate: 48000, channels: 2, ...parameters } });
  const interleaved = { unc_parameters: { unc_type: 'interleaved' } };

  it.each([
    [videoFlow({ codec: 'video/raw', ...essence(raw) })],
    [videoFlow({ codec: 'video/raw', ...essence({ bit_depth: 8, unc_parameters: { unc_type: 'RGB' } }) })],
    [audio('audio/x-raw-int', { bit_depth: 24, ...interleaved })],
    [audio('audio/x-raw-float', { bit_depth: 32, ...interleaved })],
  ])('accepts what keeps them: %#', async (flow) => {
    expect((await put(flow)).status).toBe(201);
  });

  it.each([
    ['bit_depth', videoFlow({ codec: 'video/raw', ...without('bit_depth') })],
    ['unc_parameters', videoFlow({ codec: 'video/raw', ...without('unc_parameters') })],
    ['horiz_chroma_subs', videoFlow({ codec: 'video/raw', ...without('horiz_chroma_subs') })],
    ['vert_chroma_subs', videoFlow(without('vert_chroma_subs'))],
    [
      'horiz_chroma_subs',
      videoFlow(essence({ component_type: 'YCbCr', unc_parameters: { unc_type: 'planar' }, vert_chroma_subs: 1 })),
    ],
    ['bit_depth', audio('audio/x-raw-int', interleaved)],
    ['unc_parameters', audio('audio/x-raw-int', { bit_depth: 24 })],
    ['bit_depth', audio('audio/x-raw-float', { bit_depth: 24, ...interleaved })],
    ['unc_parameters', audio('audio/x-raw-float', { bit_depth: 64 })],
  ])('names the missing %s: %#', async (field, flow) => {
    const answer = await put(flow);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ path }) => path)).toEqual([`body.essence_parameters.${field}`]);
    const id = randomUUID();
    const flow_metadata = { ...flow, id: undefined, source_id: undefined };
    const asProfile = await tams.client.post<Problem>(`/service/profiles/${id}`, { id, flow_metadata });
    expect(asProfile.status).toBe(400);
  });
});
