import { randomUUID } from 'node:crypto';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

interface Problem {
  readonly detail: string;
  readonly errors?: readonly { readonly path: string }[];
}

let tams: TestServer;
beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

async function create(changes: Record<string, unknown>): Promise<string> {
  const flow = videoFlow(changes);
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  return flow.id;
}

const idsOf = async (query: string): Promise<string[]> =>
  (await tams.client.get<{ id: string }[]>(`/flows?${query}`)).body.map(({ id }) => id).sort();

describe('frame_width and frame_height', () => {
  it('select video Flows only, though still images have them too', async () => {
    const size = { frame_width: 1234, frame_height: 432 };
    const video = await create({ essence_parameters: { ...size, frame_rate: { numerator: 25 } } });
    const image = { format: 'urn:x-tam:format:image', codec: 'image/jpeg', container: 'image/jpeg' };
    await create({ ...image, essence_parameters: size });
    for (const query of ['frame_width=1234', 'frame_height=432', 'frame_width=1234&frame_height=432'])
      expect(await idsOf(query)).toEqual([video]);
    expect(await idsOf('frame_width=1234&format=urn:x-tam:format:image')).toEqual([]);
  });
});

describe('a tag value with a comma', () => {
  it('is found by its escape; a comma that is encoded once separates, as most clients write it', async () => {
    const marker = randomUUID();
    const make = (genre: string): Promise<string> => create({ tags: { marker, genre } });
    const [both, news, sport, escaped] = await Promise.all([
      make('news,sport'),
      make('news'),
      make('sport'),
      make('news%2Csport'),
    ]);
    const find = (value: string): Promise<string[]> => idsOf(`tag.marker=${marker}&tag.genre=${value}`);
    expect(await find('news%252Csport')).toEqual([both]);
    expect(await find('news%252csport,news')).toEqual([both, news].sort());
    expect(await find('news,sport')).toEqual([news, sport].sort());
    expect(await find('news%2Csport')).toEqual([news, sport].sort());
    expect(await find('news%25252Csport')).toEqual([escaped]);
  });
});

describe('GET /service/profiles', () => {
  it('may be asked for multi Flows, and lists none', async () => {
    const answer = await tams.client.get('/service/profiles?format=urn:x-nmos:format:multi');
    expect([answer.status, answer.body]).toEqual([200, []]);
  });
});

describe('a webhook that asks for what this server does not do', () => {
  const webhook = { url: 'https://hook.example.invalid', events: [] };

  it.each(['object_ids', 'timerange', 'accept_storage_id', 'id'])('is refused (%s)', async (member) => {
    const answer = await tams.client.post<Problem>('/service/webhooks', { ...webhook, [member]: ['x'] });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(member);
  });

  it('is refused in a PUT too, and what was read can be written', async () => {
    const created = await tams.client.post<Record<string, unknown>>('/service/webhooks', webhook);
    const path = `/service/webhooks/${String(created.body['id'])}`;
    expect((await tams.client.put(path, { ...created.body, status: 'created', timerange: '_' })).status).toBe(400);
    const read = {
      ...created.body,
      status: 'created',
      error: { type: 'x', summary: 'x', time: '2026-01-05T09:00:00Z' },
    };
    expect((await tams.client.put(path, read)).status).toBe(201);
  });
});

describe('a list of segments of which every one fails', () => {
  it('is answered as any list with failures: 200, and all of them', async () => {
    const flowId = await create({});
    const list = [1, 2].map((second) => ({ object_id: randomUUID(), timerange: `[${second}:0_${second + 1}:0)` }));
    const answer = await tams.client.post<{ failed_segments: { object_id: string }[] }>(
      `/flows/${flowId}/segments`,
      list,
    );
    expect(answer.status).toBe(200);
    expect(answer.body.failed_segments.map(({ object_id }) => object_id)).toEqual(
      list.map(({ object_id }) => object_id),
    );
  });
});
