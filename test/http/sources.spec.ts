import { randomUUID } from 'node:crypto';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

type Json = Record<string, unknown>;

let tams: TestServer;

beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

async function create(flow: { id: string } & Json): Promise<void> {
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
}

describe('a Source', () => {
  it('appears with its first Flow and takes label, description and tags from it alone', async () => {
    const flow = videoFlow({
      label: 'Camera 1',
      description: 'Wide shot',
      tags: { studio: '3', kinds: ['a', 'b'] },
      created_by: 'ingest',
    });
    expect((await tams.client.get(`/sources/${flow.source_id}`)).status).toBe(404);
    await create(flow);
    await create(videoFlow({ source_id: flow.source_id, label: 'Proxy', tags: { other: 'x' } }));
    const { body } = await tams.client.get<Json>(`/sources/${flow.source_id}`);
    expect(body).toMatchObject({
      id: flow.source_id,
      format: flow['format'],
      label: 'Camera 1',
      description: 'Wide shot',
      tags: { studio: '3', kinds: ['a', 'b'] },
      created_by: 'ingest',
    });
    expect((await tams.client.head(`/sources/${flow.source_id}`)).status).toBe(200);
  });

  it('refuses a Flow of another format', async () => {
    const flow = videoFlow();
    await create(flow);
    const other = audioFlow({ source_id: flow.source_id });
    const answer = await tams.client.put<{ errors: { path: string }[] }>(`/flows/${other.id}`, other);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]?.path).toBe('body.format');
    const changed = { ...audioFlow(), id: flow.id, source_id: flow.source_id };
    expect((await tams.client.put(`/flows/${flow.id}`, changed)).status).toBe(400);
  });

  it.each([
    ['label', 'New label', 5],
    ['description', 'New description', null],
  ])('lets its %s be set, read and unset, and moves `updated`', async (name, value, wrong) => {
    const flow = videoFlow();
    await create(flow);
    const source = `/sources/${flow.source_id}`;
    const before = (await tams.client.get<Json>(source)).body['updated'] as string;
    expect((await tams.client.get(`${source}/${name}`)).status).toBe(404);
    expect((await tams.client.put(`${source}/${name}`, value)).status).toBe(204);
    expect((await tams.client.get(`${source}/${name}`)).body).toBe(value);
    const after = (await tams.client.get<Json>(source)).body['updated'] as string;
    expect(after > before).toBe(true);
    expect((await tams.client.put(`${source}/${name}`, wrong)).status).toBe(400);
    expect((await tams.client.delete(`${source}/${name}`)).status).toBe(204);
    expect((await tams.client.get(`${source}/${name}`)).status).toBe(404);
  });

  it('keeps every tag when many are set at once', async () => {
    const flow = videoFlow();
    await create(flow);
    const names = Array.from({ length: 20 }, (_, index) => `tag-${index}`);
    const answers = await Promise.all(
      names.map((name) => tams.client.put(`/sources/${flow.source_id}/tags/${name}`, name)),
    );
    expect(answers.every((answer) => answer.status === 204)).toBe(true);
    const { body } = await tams.client.get<Json>(`/sources/${flow.source_id}/tags`);
    expect(Object.keys(body).sort()).toEqual([...names].sort());
    expect((await tams.client.delete(`/sources/${flow.source_id}/tags/tag-3`)).status).toBe(204);
    expect((await tams.client.delete(`/sources/${flow.source_id}/tags/tag-3`)).status).toBe(404);
    expect((await tams.client.get(`/sources/${flow.source_id}/tags/tag-3`)).status).toBe(404);
    expect((await tams.client.put(`/sources/${flow.source_id}/tags/x`, { no: 'object' })).status).toBe(400);
  });

  it('answers 404 where there is none', async () => {
    const path = `/sources/${randomUUID()}`;
    for (const name of ['', '/tags', '/tags/x', '/label', '/description']) {
      expect((await tams.client.get(`${path}${name}`)).status).toBe(404);
    }
    expect((await tams.client.put(`${path}/label`, 'x')).status).toBe(404);
    expect((await tams.client.put(`${path}/tags/x`, 'x')).status).toBe(404);
    expect((await tams.client.delete(`${path}/description`)).status).toBe(404);
    expect((await tams.client.get('/sources/UPPER-case')).status).toBe(404);
  });
});

describe('GET /sources', () => {
  it('filters, sorts and pages', async () => {
    const marker = randomUUID();
    const flows = [
      videoFlow({ label: 'b', tags: { marker } }),
      audioFlow({ label: 'a', tags: { marker, lang: ['en', 'de'] } }),
      videoFlow({ tags: { marker } }),
    ];
    for (const flow of flows) await create(flow);
    const multi = multiFlow([{ id: flows[0]?.id }, { id: flows[1]?.id }], { tags: { marker }, label: 'c' });
    await create(multi);
    const sources = [...flows, multi].map((flow) => flow.source_id);
    const list = async (query: Record<string, string>): Promise<number[]> => {
      const pages: string[] = [];
      let page: string | undefined;
      do {
        const answer = await tams.client.get<{ id: string }[]>('/sources', {
          query: { 'tag.marker': marker, limit: 3, ...query, page },
        });
        expect(answer.status).toBe(200);
        pages.push(...answer.body.map((source) => source.id));
        page = answer.headers.get('x-paging-nextkey') ?? undefined;
      } while (page);
      return pages.map((id) => sources.indexOf(id));
    };
    expect(await list({})).toEqual([3, 2, 1, 0]);
    expect(await list({ reverse_order: 'true' })).toEqual([0, 1, 2, 3]);
    expect(await list({ sort_by: 'label' })).toEqual([1, 0, 3, 2]);
    expect(await list({ sort_by: 'label', reverse_order: 'true' })).toEqual([2, 3, 0, 1]);
    expect(await list({ format: 'urn:x-nmos:format:audio' })).toEqual([1]);
    expect(await list({ label: 'b' })).toEqual([0]);
    expect(await list({ 'tag.lang': 'fr,de' })).toEqual([1]);
    expect(await list({ 'tag_exists.lang': 'false' })).toEqual([3, 2, 0]);
    expect(await list({ collected_by_ids: multi.source_id })).toEqual([1, 0]);
    expect(await list({ collected_by_ids: '' })).toEqual([3, 2]);
    await tams.client.put(`/sources/${sources[0]}/description`, 'touched');
    expect((await list({ sort_by: 'updated' }))[0]).toBe(0);
  });

  it.each(['limit=-1', 'sort_by=id', 'format=x', 'collected_by_ids=1', 'page=%7B%7D', 'reverse_order=1'])(
    'refuses %s',
    async (query) => {
      expect((await tams.client.raw({ method: 'GET', path: `/sources?${query}` })).status).toBe(400);
    },
  );
});
