import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { openTestStorage, storageKind, type TestStorage } from '../support/test-storage';

interface MediaObject {
  readonly object_id: string;
  readonly put_url: {
    readonly url: string;
    readonly 'content-type': string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly presigned?: boolean;
}
interface Storage {
  readonly media_objects: readonly MediaObject[];
}

let storage: TestStorage;
let tams: TestServer;

beforeAll(async () => {
  storage = await openTestStorage();
  tams = await startTestServer(storage.environment);
});
afterAll(async () => {
  await tams.stop();
  await storage.remove();
});

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
      expect(object.put_url.url.startsWith(`${storage.mediaOrigin ?? tams.url}/`)).toBe(true);
      expect(object.presigned).toBe(true);
    }
  });

  it('understands `content-type`, as application note 0024 spells it', async () => {
    const flowId = await createFlow({ container: 'video/iso.segment' });
    const [object] = await allocate(flowId, { limit: 1, 'content-type': 'video/mp4' });
    expect(object?.put_url['content-type']).toBe('video/mp4');
    const both = { limit: 1, 'content-type': 'video/mp4', content_type: 'video/mp2t' };
    const refused = await tams.client.post<{ detail: string }>(`/flows/${flowId}/storage`, both);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain('content-type');
  });

  it('takes the client’s own ids, once', async () => {
    const flowId = await createFlow();
    const ids = [`news/${randomUUID()}.ts`, `odd ü & ? # % ${randomUUID()}`];
    expect((await allocate(flowId, { object_ids: ids })).map((object) => object.object_id)).toEqual(ids);
    const again = await tams.client.post(`/flows/${await createFlow()}/storage`, { object_ids: ['fresh', ids[0]] });
    expect(again.status).toBe(400);
    expect(await allocate(flowId, { object_ids: ['fresh'] })).toHaveLength(1);
  });

  it('allocates on the named backend, for another content type', async () => {
    const backends = await tams.client.get<{ id: string }[]>('/service/storage-backends');
    const request = { limit: 1, storage_id: backends.body[0]?.id, content_type: 'video/mp4' };
    const [object] = await allocate(await createFlow(), request);
    expect(object?.put_url['content-type']).toBe('video/mp4');
    expect((await upload(object, randomBytes(10))).status).toBe(200);
  });

  if (storageKind === 'filesystem') {
    it('gives URLs without a signature', async () => {
      const [object] = await allocate(await createFlow(), { limit: 1, presigned: false });
      expect(object?.presigned ?? false).toBe(false);
      expect(object?.put_url.url).not.toContain('signature');
      expect((await upload(object, randomBytes(10))).status).toBe(200);
    });
  } else {
    it('refuses URLs without a signature, unless they were set', async () => {
      const request = { limit: 1, presigned: false };
      expect((await tams.client.post(`/flows/${await createFlow()}/storage`, request)).status).toBe(400);
    });
  }

  describe('with checksums', () => {
    const bytes = Buffer.from('123456789');
    const checksums = [
      { algorithm: 'MD5', checksum: createHash('md5').update(bytes).digest('base64') },
      { algorithm: 'SHA-256', checksum: createHash('sha256').update(bytes).digest('base64') },
    ];

    it('says the header of each upload, and takes the upload with it only', async () => {
      const objects = await allocate(await createFlow(), { checksums });
      expect(objects.map(({ put_url: { headers } }) => headers)).toEqual([
        { 'content-md5': checksums[0]?.checksum },
        { 'x-amz-checksum-sha256': checksums[1]?.checksum },
      ]);
      for (const object of objects) {
        expect((await upload(object, bytes)).status).toBe(403);
        const { url, headers, 'content-type': type } = object.put_url;
        const sent = { 'content-type': type, ...headers };
        const unsigned = url.replace(/checksum=[^&]*&/, '');
        expect((await fetch(unsigned, { method: 'PUT', headers: { 'content-type': type }, body: bytes })).status).toBe(
          403,
        );
        expect((await fetch(url, { method: 'PUT', headers: sent, body: bytes })).status).toBe(200);
      }
    });

    it('refuses bytes that are others', async () => {
      const [object] = await allocate(await createFlow(), { object_ids: [randomUUID()], checksums: [checksums[0]] });
      const { url = '', headers, 'content-type': type = '' } = object?.put_url ?? {};
      const sent = { 'content-type': type, ...headers };
      const answer = await fetch(url, { method: 'PUT', headers: sent, body: Buffer.from('damaged') });
      expect(answer.status).toBe(400);
    });
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
    [
      'fewer checksums than objects',
      { limit: 2, checksums: [{ algorithm: 'MD5', checksum: 'CY9rzUYh03PK3k6DJie09g==' }] },
    ],
    ['no checksums', { checksums: [] }],
    [
      'a checksum of an unknown algorithm',
      { checksums: [{ algorithm: 'ROT13', checksum: 'CY9rzUYh03PK3k6DJie09g==' }] },
    ],
    ['a checksum that is too short', { checksums: [{ algorithm: 'SHA-256', checksum: 'CY9rzUYh03PK3k6DJie09g==' }] }],
    ['a checksum in hexadecimal', { checksums: [{ algorithm: 'MD5', checksum: '098f6bcd4621d373cade4e832627b4f6' }] }],
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
