import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { multiFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

interface Flow {
  readonly metadata_version: string;
  readonly metadata_updated: string;
  readonly created: string;
  readonly tags?: object;
}
interface Source {
  readonly created: string;
  readonly updated: string;
  readonly tags?: object;
}

let tams: TestServer;
let database: Pool;
beforeAll(async () => {
  tams = await startTestServer();
  database = new Pool({ connectionString: tams.databaseUrl, max: 1 });
  const webhook = { url: 'https://hook.example.invalid', events: ['flows/updated', 'sources/updated'] };
  expect((await tams.client.post('/service/webhooks', webhook)).status).toBe(201);
});
afterAll(async () => {
  await database.end();
  await tams.stop();
});

const read = async (id: string): Promise<Flow> => (await tams.client.get<Flow>(`/flows/${id}`)).body;
const readSource = async (id: string): Promise<Source> => (await tams.client.get<Source>(`/sources/${id}`)).body;
const put = async (flow: { id: string }): Promise<number> => (await tams.client.put(`/flows/${flow.id}`, flow)).status;

/** Events told so far, of whatever kind. */
async function events(): Promise<number> {
  const { rows } = await database.query<{ count: string }>('SELECT count(*) AS count FROM outbox_events');
  return Number(rows[0]!.count);
}

async function created(flow: ReturnType<typeof videoFlow>): Promise<typeof flow> {
  expect(await put(flow)).toBe(201);
  return flow;
}

describe('a new thing', () => {
  it('was created and updated at one moment, told with six digits', async () => {
    for (let count = 0; count < 60; count += 1) {
      const flow = await created(videoFlow());
      const { created: at, metadata_updated } = await read(flow.id);
      expect(metadata_updated).toBe(at);
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const source = await readSource(flow.source_id);
      expect(source.updated).toBe(source.created);
    }
  });

  it('tells whole seconds with six digits too', async () => {
    const flow = await created(videoFlow());
    await database.query("UPDATE flows SET created = '2026-01-05 09:00:00+00' WHERE id = $1", [flow.id]);
    expect((await read(flow.id)).created).toBe('2026-01-05T09:00:00.000000Z');
  });
});

describe('what changes nothing', () => {
  it('leaves version, times and subscribers alone: a Flow put again', async () => {
    const member = await created(videoFlow());
    const flow = multiFlow([{ id: member.id, role: 'video' }], { label: 'Camera 1', tags: { a: ['1', '2'] } });
    await created(flow);
    const [before, told] = [await read(flow.id), await events()];
    expect(await put(flow)).toBe(204);
    expect(await put({ ...flow, metadata_version: before.metadata_version } as typeof flow)).toBe(204);
    expect(await read(flow.id)).toEqual(before);
    expect(await events()).toBe(told);
  });

  it('is told apart from any change', async () => {
    const member = await created(videoFlow());
    const flow = await created(multiFlow([{ id: member.id, role: 'video' }]));
    const changes = [
      { label: 'x' },
      { label: 'x', flow_collection: [{ id: member.id, role: 'other' }] },
      { label: 'x', flow_collection: [] },
      { label: 'x', flow_collection: [], metadata_version: randomUUID() },
    ];
    for (const change of changes) {
      const [before, told] = [await read(flow.id), await events()];
      expect(await put({ ...flow, ...change })).toBe(204);
      expect((await read(flow.id)).metadata_version).not.toBe(before.metadata_version);
      expect(await events()).toBeGreaterThan(told);
    }
  });

  it.each([
    ['label', 'x'],
    ['tags/genre', ['news']],
    ['read_only', false],
    ['max_bit_rate', 5000],
  ])('is a property set to what it is: %s', async (property, value) => {
    const flow = await created(videoFlow());
    expect((await tams.client.put(`/flows/${flow.id}/${property}`, value)).status).toBe(204);
    const [before, told] = [await read(flow.id), await events()];
    expect((await tams.client.put(`/flows/${flow.id}/${property}`, value)).status).toBe(204);
    expect(await read(flow.id)).toEqual(before);
    expect(await events()).toBe(told);
  });

  it.each([
    ['label', 'x'],
    ['description', 'y'],
    ['tags/genre', ['news']],
  ])('is a property of a Source set to what it is: %s', async (property, value) => {
    const { source_id } = await created(videoFlow());
    expect((await tams.client.put(`/sources/${source_id}/${property}`, value)).status).toBe(204);
    const [before, told] = [await readSource(source_id), await events()];
    expect((await tams.client.put(`/sources/${source_id}/${property}`, value)).status).toBe(204);
    expect(await readSource(source_id)).toEqual(before);
    expect(await events()).toBe(told);
  });
});

describe('tags', () => {
  it('are absent again after the last one went', async () => {
    const flow = await created(videoFlow());
    expect(await read(flow.id)).not.toHaveProperty('tags');
    for (const path of [`/flows/${flow.id}`, `/sources/${flow.source_id}`]) {
      expect((await tams.client.put(`${path}/tags/genre`, 'news')).status).toBe(204);
      expect((await tams.client.get<{ tags: object }>(path)).body.tags).toEqual({ genre: 'news' });
      expect((await tams.client.delete(`${path}/tags/genre`)).status).toBe(204);
      expect((await tams.client.get<object>(path)).body).not.toHaveProperty('tags');
      expect((await tams.client.get(`${path}/tags`)).body).toEqual({});
    }
  });
});
