import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../../package.json';
import { startTestServer, type TestServer } from '../support/test-server';

type Json = Record<string, unknown>;
interface Problem {
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

const backend = (id: string, settings: Json): Json => ({
  type: 'filesystem',
  id,
  directory: join(directory, id),
  ...settings,
});
const ids = {
  alpha: 'aaaaaaaa-0000-4000-8000-000000000001',
  zulu: '00000000-0000-4000-8000-000000000002',
  unlabelled1: '11111111-0000-4000-8000-000000000003',
  unlabelled2: '22222222-0000-4000-8000-000000000004',
};

let directory: string;
let tams: TestServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-backends-'));
  const file = join(directory, 'backends.json');
  const backends = [
    backend(ids.zulu, {
      label: 'zulu',
      default_storage: true,
      region: 'eu-west-1',
      availability_zone: 'a',
      provider: 'ours',
    }),
    backend(ids.unlabelled2, {}),
    backend(ids.alpha, { label: 'alpha', tags: { tier: 'hot', sites: ['london', 'salford'] } }),
    backend(ids.unlabelled1, { tags: { tier: 'cold' } }),
  ];
  await writeFile(file, JSON.stringify(backends));
  tams = await startTestServer({
    STORAGE_BACKENDS_FILE: file,
    MIN_OBJECT_TIMEOUT_SECONDS: '900',
    PRESIGNED_URL_TIMEOUT_SECONDS: '120',
  });
});
afterAll(async () => {
  await tams.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the root', () => {
  it('lists top-level paths, every one of which answers', async () => {
    const { body, status } = await tams.client.get<string[]>('/');
    expect(status).toBe(200);
    expect(body).toContain('service');
    for (const path of body) expect((await tams.client.get(`/${path}`)).status).toBe(200);
    expect((await tams.client.head('/')).status).toBe(200);
  });
});

describe('the service', () => {
  it('says what it is', async () => {
    const { body } = await tams.client.get<Json>('/service');
    expect(body).toMatchObject({
      type: 'urn:x-tams:service.tams-server',
      api_version: '8.2',
      service_version: version,
      min_object_timeout: '900:0',
      min_presigned_url_timeout: '120:0',
    });
    expect(body['event_stream_mechanisms']).toBeInstanceOf(Array);
    expect((await tams.client.head('/service')).status).toBe(200);
  });

  it('takes a name and a description, each by itself, and keeps them over a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tams-service-'));
    const configured = { SERVICE_NAME: 'Configured', DATA_DIR: directory };
    const first = await startTestServer({ ...configured, SERVICE_DESCRIPTION: 'By the environment' });
    const { databaseUrl, client } = first;
    const named = async (of = client): Promise<unknown[]> => {
      const { body } = await of.get<Json>('/service');
      return [body['name'], body['description']];
    };
    expect(await named()).toEqual(['Configured', 'By the environment']);
    const answer = await client.post('/service', { name: 'Renamed' });
    expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
    expect(await named()).toEqual(['Renamed', 'By the environment']);
    await client.post('/service', { description: '' });
    expect(await named()).toEqual(['Renamed', '']);
    expect((await client.post('/service', {})).status).toBe(200);
    await first.stop();
    const second = await startTestServer({ ...configured, DATABASE_URL: databaseUrl });
    expect(await named(second.client)).toEqual(['Renamed', '']);
    await second.stop();
    await rm(directory, { recursive: true });
  });

  it.each<[string, unknown, string]>([
    ['a name that is no text', { name: 5 }, 'body.name'],
    ['a description taken away', { description: null }, 'body.description'],
    ['a name too long to list', { name: 'x'.repeat(501) }, 'body.name'],
    ['a list', [], 'body'],
  ])('refuses %s', async (_, body, path) => {
    const answer = await tams.client.post<Problem>('/service', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.path)).toEqual([path]);
  });

  it('refuses a body that is not JSON, and one that is missing', async () => {
    expect((await tams.client.post('/service', undefined, { rawBody: '{' })).status).toBe(400);
    expect((await tams.client.post('/service', undefined)).status).toBe(400);
  });

  it('knows GET, HEAD and POST alone', async () => {
    const answer = await tams.client.delete('/service');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('storage backends', () => {
  const path = '/service/storage-backends';
  const listed = async (query: Record<string, string | number | boolean> = {}): Promise<unknown[]> =>
    (await tams.client.get<Json[]>(path, { query })).body.map((entry) => entry['id']);
  const order = [ids.alpha, ids.zulu, ids.unlabelled1, ids.unlabelled2];

  it('are listed by label, then those without one by id, and the other way round', async () => {
    expect(await listed()).toEqual(order);
    expect(await listed({ reverse_order: true })).toEqual(order.toReversed());
    expect((await tams.client.head(path)).status).toBe(200);
  });

  it('show what clients need and nothing of how they are reached', async () => {
    const { body } = await tams.client.get<Json[]>(path);
    expect(body[1]).toEqual({
      id: ids.zulu,
      label: 'zulu',
      store_type: 'http_object_store',
      provider: 'ours',
      region: 'eu-west-1',
      availability_zone: 'a',
      store_product: 'filesystem',
      default_storage: true,
    });
    expect(JSON.stringify(body)).not.toContain(directory);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ 'tag.tier': 'hot' }, [ids.alpha]],
    [{ 'tag.tier': 'cold,hot' }, [ids.alpha, ids.unlabelled1]],
    [{ 'tag.tier': 'ho' }, []],
    [{ 'tag.sites': 'salford', 'tag.tier': 'hot' }, [ids.alpha]],
    [{ 'tag_exists.tier': 'false' }, [ids.zulu, ids.unlabelled2]],
    [{ 'tag_exists.sites': 'true' }, [ids.alpha]],
  ])('are filtered by %j', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it.each([false, true])('are paged (reversed: %s)', async (reverse) => {
    const found: unknown[] = [];
    let pages = 0;
    for await (const page of tams.client.pages<Json[]>(path, { query: { limit: 3, reverse_order: reverse } })) {
      pages += 1;
      expect(page.headers.get('x-paging-limit')).toBe('3');
      expect(page.headers.get('x-paging-count')).toBe(String(page.body.length));
      expect(page.headers.get('x-paging-reverse-order')).toBe(String(reverse));
      found.push(...page.body.map((entry) => entry['id']));
    }
    expect(pages).toBe(2);
    expect(found).toEqual(reverse ? order.toReversed() : order);
  });

  it('refuse a page key of the other direction, and parameters that make no sense', async () => {
    const key = (await tams.client.get(path, { query: { limit: 1 } })).headers.get('x-paging-nextkey') ?? '';
    const refused = async (query: Record<string, string | number | boolean>): Promise<unknown> => {
      const answer = await tams.client.get<Problem>(path, { query });
      return [answer.status, answer.body.errors[0]?.path];
    };
    expect(await refused({ page: key, reverse_order: true })).toEqual([400, 'query.page']);
    expect(await refused({ page: 'nonsense' })).toEqual([400, 'query.page']);
    expect(await refused({ limit: 0 })).toEqual([400, 'query.limit']);
    expect(await refused({ reverse_order: 'yes' })).toEqual([400, 'query.reverse_order']);
    expect(await refused({ 'tag_exists.tier': 'perhaps' })).toEqual([400, 'query.tag_exists.tier']);
  });
});
