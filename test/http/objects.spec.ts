import { randomUUID } from 'node:crypto';
import { openTestStorage, type TestStorage } from '../support/test-storage';
import { externalUrl, type Problem, seconds, TestWorld } from '../support/test-world';
import type { TamsResponse } from '../contract/tams-client';

interface ReadObject {
  readonly id: string;
  readonly referenced_by_flows: readonly string[];
  readonly first_referenced_by_flow?: string;
  readonly timerange?: string;
  readonly key_frame_count?: number;
  readonly get_urls: readonly { readonly url: string; readonly label?: string }[];
  readonly init_object?: { readonly id: string; readonly get_urls: readonly { readonly label?: string }[] };
}

let storage: TestStorage;
let fixtures: TestWorld;
beforeAll(async () => {
  storage = await openTestStorage();
  fixtures = await TestWorld.start(storage.environment);
});
afterAll(async () => {
  await fixtures.stop();
  await storage.remove();
});

type Query = Readonly<Record<string, string | number | boolean>>;

function read<Body = ReadObject>(objectId: string, query: Query = {}): Promise<TamsResponse<Body>> {
  return fixtures.client.get<Body>(`/objects/${encodeURIComponent(objectId)}`, { query });
}

/** Makes Flows that all use one object of the first. @returns their ids in order, and the object's */
async function sharedObject(flowCount: number): Promise<{ flows: string[]; owner: string; object: string }> {
  const flows = await Promise.all(Array.from({ length: flowCount }, () => fixtures.flow()));
  const owner = flows[0]!;
  const object = await fixtures.object(owner);
  for (const flow of flows) await fixtures.register(flow, { object_id: object, timerange: '[0:0_1:0)' });
  return { flows: [...flows].sort(), owner, object };
}

async function tag(flow: string, name: string, value: string): Promise<void> {
  await fixtures.database.query('INSERT INTO flow_tags (flow_id, name, value) VALUES ($1, $2, $3)', [
    flow,
    name,
    value,
  ]);
}

describe('GET /objects/{objectId}', () => {
  it.each(['unknown', 'a/b c?d#e%', 'é'.repeat(513)])('an object nobody made is 404 (%s)', async (objectId) => {
    expect((await read(objectId)).status).toBe(404);
  });

  it('an object that was only allocated is 404, and stays so when its registration fails', async () => {
    const flow = await fixtures.flow();
    const object = await fixtures.object(flow);
    expect((await read(object)).status).toBe(404);
    await fixtures.fill(flow, ['[0:0_1:0)']);
    await fixtures.register(flow, { object_id: object, timerange: '[0:0_1:0)' });
    expect((await read(object)).status).toBe(404);
  });

  it('describes a media object', async () => {
    const flow = await fixtures.flow();
    const object = await fixtures.object(flow);
    const segment = { object_id: object, timerange: '[10:0_11:0)', ts_offset: '8:0', key_frame_count: 2 };
    await fixtures.register(flow, { ...segment, get_urls: [externalUrl('a')] });
    const response = await read(object);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      id: object,
      referenced_by_flows: [flow],
      first_referenced_by_flow: flow,
      timerange: '[2:0_3:0)',
      key_frame_count: 2,
      get_urls: [externalUrl('a')],
    });
    expect(response.body.init_object).toBeUndefined();
    expect(response.headers.get('x-paging-limit')).toBe('100');
    expect(response.headers.get('link')).toBeNull();
  });

  it('HEAD answers with the headers of GET', async () => {
    const { object } = await sharedObject(2);
    const response = await fixtures.client.head(`/objects/${object}`, { query: { limit: 1 } });
    expect(response.status).toBe(200);
    expect(response.headers.get('link')).toContain('rel="next"');
  });

  it('the identifier may hold anything, percent-encoded', async () => {
    const flow = await fixtures.flow();
    const object_id = `bucket/2026/é 100% "x";,?#&=+${randomUUID()}`;
    await fixtures.register(flow, { object_id, timerange: '[0:0_1:0)', get_urls: [externalUrl('a')] });
    expect((await read(object_id)).body.id).toBe(object_id);
  });

  it('an initialisation object and the media it belongs to know each other', async () => {
    const [flow, other] = [await fixtures.initFlow(), await fixtures.initFlow()];
    const [a, b, init] = await fixtures.allocate(flow, 3);
    await fixtures.database.query(
      `INSERT INTO object_instances (object_id, label, url) VALUES ($1, 'cdn', 'https://cdn.example.com/init.mp4')`,
      [init],
    );
    await fixtures.register(flow, [
      { object_id: a, init_object_id: init, timerange: '[0:0_1:0)' },
      { object_id: b, init_object_id: init, timerange: '[1:0_2:0)' },
    ]);
    await fixtures.register(other, { object_id: b, timerange: '[1:0_2:0)' });

    const media = (await read(b!)).body;
    expect(media.init_object).toMatchObject({ id: init, get_urls: [{ label: 'cdn' }] });
    const filtered = (await read(b!, { accept_get_urls: '' })).body;
    expect(filtered.init_object).toEqual({ id: init, get_urls: [] });

    const own = (await read(init!)).body;
    expect(own.referenced_by_flows).toEqual([flow, other].sort());
    expect(own.first_referenced_by_flow).toBe(flow);
    expect(own).not.toHaveProperty('timerange');
    expect(own).not.toHaveProperty('init_object');
    expect(own.get_urls).toMatchObject([{ label: 'cdn' }]);
  });

  it('accept_get_urls filters', async () => {
    const flow = await fixtures.flow();
    const object = await fixtures.object(flow);
    const get_urls = [externalUrl('a'), externalUrl('b')];
    await fixtures.register(flow, { object_id: object, timerange: '[0:0_1:0)', get_urls });
    expect((await read(object, { accept_get_urls: 'b,c' })).body.get_urls.map(({ label }) => label)).toEqual(['b']);
    expect((await read(object, { accept_get_urls: '' })).body.get_urls).toEqual([]);
  });

  describe('the Flows that use it', () => {
    it('are listed once each, however many segments they have', async () => {
      const flow = await fixtures.flow();
      const object = await fixtures.object(flow);
      const segments = seconds(3).map((timerange, index) => ({
        object_id: object,
        timerange,
        ts_offset: `${index}:0`,
      }));
      await fixtures.register(flow, segments);
      expect((await read(object)).body.referenced_by_flows).toEqual([flow]);
    });

    it('come in pages, while more Flows join', async () => {
      const { flows, owner, object } = await sharedObject(5);
      const seen: string[] = [];
      for await (const page of fixtures.client.pages<ReadObject>(`/objects/${object}`, { query: { limit: 2 } })) {
        expect(page.body.first_referenced_by_flow).toBe(owner);
        expect(page.headers.get('x-paging-count')).toBe(String(page.body.referenced_by_flows.length));
        seen.push(...page.body.referenced_by_flows);
        if (seen.length > 4) continue;
        await fixtures.register(await fixtures.flow(), { object_id: object, timerange: '[0:0_1:0)' });
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual([...seen].sort());
      expect(seen).toEqual(expect.arrayContaining(flows));
    });

    it('are filtered by their tags', async () => {
      const { flows, object } = await sharedObject(3);
      const [a, b, c] = flows;
      await tag(a!, 'genre', 'news');
      await tag(b!, 'genre', 'sport');
      await tag(b!, 'live', 'yes');
      const found = async (query: Query): Promise<readonly string[]> =>
        (await read(object, query)).body.referenced_by_flows;
      expect(await found({ 'flow_tag.genre': 'news' })).toEqual([a]);
      expect(await found({ 'flow_tag.genre': 'news,sport' })).toEqual([a, b]);
      expect(await found({ 'flow_tag.genre': 'news,sport', 'flow_tag_exists.live': true })).toEqual([b]);
      expect(await found({ 'flow_tag_exists.genre': false })).toEqual([c]);
      expect(await found({ 'flow_tag.genre': 'none' })).toEqual([]);
    });
  });

  it.each([
    ['limit', '-1'],
    ['page', 'forged'],
    ['page', Buffer.from('"no uuid"').toString('base64url')],
    ['flow_tag_exists.x', 'perhaps'],
    ['storage_backend_tag_exists.x', 'perhaps'],
    ['presigned', '2'],
  ])('the query %s=%s is 400 and names the parameter', async (name, value) => {
    const { object } = await sharedObject(1);
    const response = await read<Problem>(object, { [name]: value });
    expect(response.status).toBe(400);
    expect(response.body.errors?.[0]?.path).toBe(`query.${name}`);
  });
});
