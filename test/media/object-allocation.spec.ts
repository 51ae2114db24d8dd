import { type MediaServer, startMediaServer } from './media-server';
import { flowStoragePost } from '@tams/objects';
import { ObjectAllocation } from '@tams/objects';
import { ClassAccess } from '@tams/auth';
import { Configuration } from '@tams/platform';
import { BackendAccess, StorageBackends } from '@tams/storage';

const FLOW = '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34';

/** Backends that nobody is kept from. */
const open = (backends: StorageBackends) => new BackendAccess(backends, new ClassAccess({ enabled: false, map: [] }));

let server: MediaServer;

beforeAll(async () => {
  server = await startMediaServer();
});

afterAll(async () => {
  await server.stop();
});

async function objectCount(): Promise<number> {
  const [row] = await server.database.query<{ count: string }>('SELECT count(*) FROM objects');
  return Number(row!.count);
}

describe('a request for storage', () => {
  it('gives a hundred presigned uploads unless told otherwise', async () => {
    const { media_objects } = await server.allocate();
    expect(media_objects).toHaveLength(100);
    expect(new Set(media_objects.map((object) => object.object_id)).size).toBe(100);
    for (const { put_url, presigned } of media_objects) {
      expect(put_url['content-type']).toBe('video/mp2t');
      expect(put_url.url).toMatch(/&signature=[\w-]{43}$/);
      expect(presigned).toBe(true);
    }
  });

  it('keeps for whom, when, of what type and where objects were allocated', async () => {
    const { media_objects } = await server.database.transaction((connection) =>
      new ObjectAllocation(open(server.backends), new Configuration({})).allocate(connection, {
        flowId: FLOW,
        flowContainer: 'video/mp4',
        request: flowStoragePost.parse({
          limit: 2,
          content_type: 'video/x-init',
          storage_id: server.backends.default!.details.id,
        }),
        baseUrl: 'https://tams.example/api',
      }),
    );
    expect(media_objects[0]!.put_url.url).toMatch(/^https:\/\/tams\.example\/api\/media\//);
    const rows = await server.database.query(
      `SELECT o.role, o.allocated_for_flow, o.content_type, o.registered, i.storage_id, i.size_bytes
         FROM objects o JOIN object_instances i ON i.object_id = o.id WHERE o.id = ANY($1)`,
      [media_objects.map((object) => object.object_id)],
    );
    const row = {
      role: null,
      allocated_for_flow: FLOW,
      content_type: 'video/x-init',
      registered: null,
      storage_id: server.backends.default!.details.id,
      size_bytes: null,
    };
    expect(rows).toEqual([row, row]);
  });

  it('serves more than a thousand as a thousand', async () => {
    expect((await server.allocate({ limit: 5000 })).media_objects).toHaveLength(1000);
  });

  it('uses the identifiers of the client, in their order', async () => {
    const object_ids = ['z', 'a/../b', 'ü'];
    const { media_objects } = await server.allocate({ object_ids, presigned: false });
    expect(media_objects.map((object) => object.object_id)).toEqual(object_ids);
    expect(media_objects.map((object) => object.presigned)).toEqual([false, false, false]);
    expect((await server.allocate({ object_ids: [] })).media_objects).toEqual([]);
  });

  it('allocates nothing when an identifier is in use, and names it', async () => {
    await server.allocate({ object_ids: ['used-1', 'used-2'] });
    const before = await objectCount();
    await expect(server.allocate({ object_ids: ['new-1', 'used-2', 'new-2', 'used-1'] })).rejects.toMatchObject({
      code: 'object-ids-in-use',
      errors: [
        { path: 'body.object_ids.1', message: 'is already in use' },
        { path: 'body.object_ids.3', message: 'is already in use' },
      ],
    });
    expect(await objectCount()).toBe(before);
  });

  it('gives identifiers to one of many requests that want them at once, whole', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `raced-${index}`);
    const attempts = Array.from({ length: 8 }, (_, attempt) => ({
      object_ids: attempt % 2 === 0 ? [...ids, `own-${attempt}`] : [`own-${attempt}`, ...[...ids].reverse()],
    }));
    const results = await Promise.allSettled(attempts.map((body) => server.allocate(body)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'object-ids-in-use' });
    }
    const [row] = await server.database.query<{ count: string }>("SELECT count(*) FROM objects WHERE id LIKE 'own-%'");
    expect(row!.count).toBe('1');
  });

  it('refuses unknown backends', async () => {
    await expect(server.allocate({ storage_id: '60af2ab4-e8a5-4c65-a09b-d35983680315' })).rejects.toMatchObject({
      code: 'unknown-storage-backend',
      kind: 'bad-request',
    });
  });

  it('is refused where no backend is the default', async () => {
    const allocation = new ObjectAllocation(open(new StorageBackends([])), new Configuration({}));
    const request = flowStoragePost.parse({});
    await expect(
      server.database.transaction((connection) =>
        allocation.allocate(connection, { flowId: FLOW, flowContainer: 'video/mp2t', request, baseUrl: '' }),
      ),
    ).rejects.toMatchObject({ code: 'no-default-storage-backend', kind: 'bad-request' });
  });
});

describe('the body', () => {
  it.each([
    [{ limit: 0 }, ['limit']],
    [{ limit: -1 }, ['limit']],
    [{ limit: 1.5 }, ['limit']],
    [{ limit: '5' }, ['limit']],
    [{ limit: 1, object_ids: ['a'] }, ['limit']],
    [{ object_ids: ['a', 'b', 'a'] }, ['object_ids', 2]],
    [{ object_ids: [''] }, ['object_ids', 0]],
    [{ object_ids: ['x'.repeat(1025)] }, ['object_ids', 0]],
    [{ object_ids: 'a' }, ['object_ids']],
    [{ object_ids: [1] }, ['object_ids', 0]],
    [{ storage_id: 'x' }, ['storage_id']],
    [{ content_type: 'video/mp4; codecs=x' }, ['content_type']],
    [{ presigned: 'true' }, ['presigned']],
    [[], []],
    [null, []],
  ])('is refused as %j', (body, path) => {
    expect(flowStoragePost.safeParse(body).error?.issues[0]?.path).toEqual(path);
  });

  it('may be absent, and may say what is not known', () => {
    expect(flowStoragePost.parse(undefined)).toEqual({ limit: 100, presigned: true });
    expect(flowStoragePost.parse({ future: 1 })).toEqual({ limit: 100, presigned: true });
  });
});
