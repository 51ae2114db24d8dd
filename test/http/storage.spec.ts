import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

interface MediaObject {
  readonly object_id: string;
  readonly put_url: { readonly url: string; readonly 'content-type': string };
  readonly presigned?: boolean;
}
interface Storage {
  readonly media_objects: readonly MediaObject[];
}
interface Segment {
  readonly object_id: string;
  readonly get_urls: readonly { readonly url: string; readonly presigned?: boolean; readonly label?: string }[];
}

let tams: TestServer;

beforeAll(async () => {
  tams = await startTestServer();
});
afterAll(() => tams.stop());

async function createFlow(changes: Record<string, unknown> = {}): Promise<string> {
  const flow = videoFlow(changes);
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  return flow.id;
}

async function allocate(flowId: string, request: unknown = {}): Promise<readonly MediaObject[]> {
  const answer = await tams.client.post<Storage>(`/flows/${flowId}/storage`, request);
  expect(answer.status).toBe(201);
  return answer.body.media_objects;
}

function upload(object: MediaObject | undefined, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  const { url, 'content-type': type } = object?.put_url ?? { url: '', 'content-type': '' };
  return fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: bytes });
}

describe('POST /flows/{flowId}/storage', () => {
  it('allocates 100 objects by default, `limit` otherwise, at most 1000, each with an upload URL', async () => {
    const flowId = await createFlow();
    expect(await allocate(flowId)).toHaveLength(100);
    expect(await allocate(flowId, { limit: 5000 })).toHaveLength(1000);
    const objects = await allocate(flowId, { limit: 3 });
    expect(objects).toHaveLength(3);
    for (const object of objects) {
      expect(object.put_url['content-type']).toBe('video/mp2t');
      expect(object.put_url.url.startsWith(`${tams.url}/`)).toBe(true);
      expect(object.presigned).toBe(true);
    }
  });

  it('takes the client’s own ids, once', async () => {
    const flowId = await createFlow();
    const ids = [`news/${randomUUID()}.ts`, `odd ü & ? # % ${randomUUID()}`];
    expect((await allocate(flowId, { object_ids: ids })).map((object) => object.object_id)).toEqual(ids);
    const again = await tams.client.post(`/flows/${await createFlow()}/storage`, { object_ids: ['fresh', ids[0]] });
    expect(again.status).toBe(400);
    expect(await allocate(flowId, { object_ids: ['fresh'] })).toHaveLength(1);
  });

  it('allocates on the named backend, for another content type, without a signature', async () => {
    const flowId = await createFlow();
    const backends = await tams.client.get<{ id: string }[]>('/service/storage-backends');
    const [object] = await allocate(flowId, {
      limit: 1,
      storage_id: backends.body[0]?.id,
      content_type: 'video/mp4',
      presigned: false,
    });
    expect(object?.put_url['content-type']).toBe('video/mp4');
    expect(object?.presigned ?? false).toBe(false);
    expect(object?.put_url.url).not.toContain('signature');
    expect((await upload(object, randomBytes(10))).status).toBe(200);
  });

  it.each([
    ['an unknown backend', { storage_id: randomUUID() }],
    ['a malformed backend', { storage_id: 'x' }],
    ['limit and object_ids together', { limit: 1, object_ids: ['a'] }],
    ['a limit of zero', { limit: 0 }],
    ['an id twice', { object_ids: ['a', 'a'] }],
    ['an empty id', { object_ids: [''] }],
    ['an id no index can hold', { object_ids: ['€'.repeat(400)] }],
    ['a content type that is none', { content_type: 'mp4' }],
    ['a list', []],
  ])('refuses %s', async (_case, request) => {
    const flowId = await createFlow();
    expect((await tams.client.post(`/flows/${flowId}/storage`, request)).status).toBe(400);
  });

  it('refuses a Flow without container (400), read-only (403) and unknown (404)', async () => {
    const bare = await createFlow({ container: undefined });
    expect((await tams.client.post(`/flows/${bare}/storage`, {})).status).toBe(400);
    expect((await tams.client.post(`/flows/${await createFlow({ read_only: true })}/storage`, {})).status).toBe(403);
    expect((await tams.client.post(`/flows/${randomUUID()}/storage`, {})).status).toBe(404);
  });
});

describe('media, from upload to download', () => {
  it('gives back the same bytes through the Segment that uses them', async () => {
    const flowId = await createFlow();
    const [object] = await allocate(flowId, { limit: 1 });
    const bytes = randomBytes(300_000);
    expect((await upload(object, bytes)).status).toBe(200);
    const segment = { object_id: object?.object_id, timerange: '[0:0_2:0)' };
    expect((await tams.client.post(`/flows/${flowId}/segments`, segment)).status).toBe(201);

    const { body } = await tams.client.get<Segment[]>(`/flows/${flowId}/segments`, {
      query: { timerange: '[1:0_1:5)' },
    });
    expect(body).toHaveLength(1);
    const urls = body[0]?.get_urls ?? [];
    expect(urls.length).toBeGreaterThan(0);
    for (const { url } of urls) {
      const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
      expect(createHash('sha256').update(whole).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
      const part = await fetch(url, { headers: { range: 'bytes=100-199' } });
      expect(part.status).toBe(206);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);
    }
  });

  it('refuses to overwrite an object a Segment uses, and a URL that was tampered with', async () => {
    const flowId = await createFlow();
    const [object, other] = await allocate(flowId, { limit: 2 });
    expect((await upload(object, randomBytes(10))).status).toBe(200);
    expect((await upload(object, randomBytes(20))).status).toBe(200);
    const segment = { object_id: object?.object_id, timerange: '[0:0_2:0)' };
    expect((await tams.client.post(`/flows/${flowId}/segments`, segment)).status).toBe(201);
    expect((await upload(object, randomBytes(30))).status).toBe(403);

    const url = other?.put_url.url ?? '';
    const put = (target: string, type = 'video/mp2t'): Promise<Response> =>
      fetch(target, { method: 'PUT', headers: { 'content-type': type }, body: randomBytes(5) });
    expect(
      (await put(url.replace(/signature=(.)/, (_match, first: string) => `signature=${first === 'A' ? 'B' : 'A'}`)))
        .status,
    ).toBe(403);
    expect((await put(url.replace(/expires=\d+/, 'expires=99999999999'))).status).toBe(403);
    expect((await put(url, 'video/mp4')).status).toBe(403);
    expect((await put(url)).status).toBe(200);
  });

  it('answers a browser: preflight, and readable headers', async () => {
    const [object] = await allocate(await createFlow(), { limit: 1 });
    const preflight = await fetch(object?.put_url.url ?? '', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://editor.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.status).toBeLessThan(300);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
  });
});
