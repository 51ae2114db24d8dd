import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { eventually } from '../support/eventually';
import { startTestServer, type TestServer } from '../support/test-server';
import { openTestStorage, storageKind, type TestStorage } from '../support/test-storage';
import { allocateObjects, type AllocatedObject, createFlow } from '../support/store-builders';

interface Readable {
  readonly get_urls: readonly {
    readonly url: string;
    readonly presigned: boolean;
    readonly label?: string;
    readonly storage_id?: string;
    readonly controlled?: boolean;
  }[];
}

const MEBIBYTE = 1024 * 1024;
const TYPE = 'video/mp2t';
const EDITOR = 'https://editor.example';

let storage: TestStorage;
let tams: TestServer;
let database: Pool;

beforeAll(async () => {
  storage = await openTestStorage();
  tams = await startTestServer({ ...storage.environment, OBJECT_SIZE_INTERVAL_SECONDS: '1' });
  database = new Pool({ connectionString: tams.databaseUrl, max: 2 });
});
afterAll(async () => {
  await database.end();
  await tams.stop();
  await storage.remove();
});

async function allocate(flowId: string): Promise<AllocatedObject> {
  return (await allocateObjects(tams.client, flowId))[0]!;
}

async function put(url: string, bytes: Buffer, type = TYPE): Promise<number> {
  return (await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(bytes) })).status;
}

/** Uploads and registers an object of a Flow of its own. */
async function register(
  bytes: Buffer,
  flow: Record<string, unknown> = {},
): Promise<{ flowId: string; object: AllocatedObject }> {
  const flowId = await createFlow(tams.client, flow);
  const object = await allocate(flowId);
  expect(await put(object.put_url.url, bytes)).toBe(200);
  const segment = { object_id: object.object_id, timerange: '[0:0_2:0)' };
  expect((await tams.client.post(`/flows/${flowId}/segments`, segment)).status).toBe(201);
  return { flowId, object };
}

async function urlsOf(objectId: string): Promise<Readable['get_urls']> {
  const path = `/objects/${encodeURIComponent(objectId)}`;
  return (await tams.client.get<Readable>(path, { query: { verbose_storage: true } })).body.get_urls;
}

const presignedUrl = async (objectId: string): Promise<string> =>
  (await urlsOf(objectId)).find(({ presigned }) => presigned)!.url;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Signs URLs as of some hours ago: the server runs in this process. */
async function hoursAgo<Value>(hours: number, work: () => Promise<Value>): Promise<Value> {
  const clocks = [
    'nextTick',
    'queueMicrotask',
    'setImmediate',
    'clearImmediate',
    'setInterval',
    'clearInterval',
  ] as const;
  jest.useFakeTimers({
    now: Date.now() - hours * 3600_000,
    doNotFake: [...clocks, 'setTimeout', 'clearTimeout', 'performance', 'hrtime'],
  });
  try {
    return await work();
  } finally {
    jest.useRealTimers();
  }
}

describe('names of media', () => {
  it('are those of Flow and time, with the container’s extension, where media is read whole', async () => {
    const { object } = await register(randomBytes(10), { label: 'Évènement: 10/12' });
    expect(object.object_id).toMatch(/^[0-9a-f-]{36}\.ts$/);
    const url = await presignedUrl(object.object_id);
    const name = `inline; filename="_v_nement_ 10_12 00-00-00.000.ts"; filename*=UTF-8''%C3%89v%C3%A8nement_%2010_12%2000-00-00.000.ts`;
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, name]);
  });

  if (storageKind === 'filesystem') {
    it('are told by plain URLs and those of segments too, and not to players', async () => {
      const { flowId, object } = await register(randomBytes(10), { label: 'News' });
      const [segment] = (await tams.client.get<Readable[]>(`/flows/${flowId}/segments`)).body;
      const disposition = async (url: string, init: RequestInit = {}): Promise<string | null> =>
        (await fetch(url, init)).headers.get('content-disposition');
      for (const { url } of segment!.get_urls) {
        expect(await disposition(url)).toBe('inline; filename="News 00-00-00.000.ts"');
        expect(await disposition(url, { method: 'HEAD' })).toBe('inline; filename="News 00-00-00.000.ts"');
        expect(await disposition(url, { headers: { Range: 'bytes=1-2' } })).toBeNull();
        expect(await disposition(url, { headers: { 'Sec-Fetch-Dest': 'video' } })).toBeNull();
      }
      await tams.client.delete(`/flows/${flowId}/label`);
      expect(await disposition(segment!.get_urls[0]!.url)).toBe(`inline; filename="${object.object_id}"`);
    });

    it('leave media readable when the database does not answer', async () => {
      const { object } = await register(randomBytes(10), { label: 'News' });
      const url = await presignedUrl(object.object_id);
      const client = await database.connect();
      try {
        await client.query('BEGIN');
        await client.query('LOCK TABLE objects IN ACCESS EXCLUSIVE MODE');
        const answer = await fetch(url);
        expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
          200,
          `inline; filename="${object.object_id}"`,
        ]);
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    });

    it('come with the digest of the bytes', async () => {
      const bytes = randomBytes(10);
      const { object } = await register(bytes);
      const digest = createHash('sha256').update(bytes).digest('base64');
      const answer = await fetch(await presignedUrl(object.object_id));
      expect(answer.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`);
    });
  }
});

describe('media, from upload to download', () => {
  it.each([
    ['small', 300_000],
    ['larger than a part of a multi-part transfer', 20 * MEBIBYTE + 17],
  ])('gives back the same bytes, whole and in ranges (%s)', async (_size, length) => {
    const bytes = randomBytes(length);
    const { flowId } = await register(bytes);
    const { body } = await tams.client.get<Readable[]>(`/flows/${flowId}/segments`, {
      query: { timerange: '[1:0_1:5)' },
    });
    expect(body).toHaveLength(1);
    const urls = body[0]!.get_urls;
    expect(urls.length).toBeGreaterThan(0);
    for (const { url } of urls) {
      const whole = await fetch(url);
      expect([whole.status, whole.headers.get('content-type')]).toEqual([200, TYPE]);
      expect(sha256(new Uint8Array(await whole.arrayBuffer()))).toBe(sha256(bytes));
      for (const [range, from, to] of [
        ['bytes=100-199', 100, 200],
        ['bytes=-50', length - 50, length],
        [`bytes=${length - 10}-`, length - 10, length],
      ] as const) {
        const part = await fetch(url, { headers: { range } });
        expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/${length}`]);
        expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true);
      }
      expect((await fetch(url, { headers: { range: `bytes=${length}-` } })).status).toBe(416);
    }
  });

  it('says of each URL where it leads', async () => {
    const { object } = await register(randomBytes(10));
    const { body: backends } = await tams.client.get<{ id: string; label: string }[]>('/service/storage-backends');
    const [{ id, label } = { id: '', label: '' }] = backends;
    const urls = await urlsOf(object.object_id);
    expect(urls.map(({ presigned }) => presigned)).toEqual(storageKind === 's3' ? [true] : [true, false]);
    for (const url of urls) expect(url).toMatchObject({ storage_id: id, label, controlled: true });
  });

  it('learns how many bytes there are, and tells', async () => {
    const { object } = await register(randomBytes(1234));
    const sizes = async (): Promise<Record<string, number>> => {
      const { rows } = await database.query<{ object_id: string; size: number }>(
        'SELECT object_id, size_bytes::float8 AS size FROM object_instances JOIN objects o ON o.id = object_id WHERE o.role IS NOT NULL',
      );
      return Object.fromEntries(rows.map((row) => [row.object_id, row.size]));
    };
    await eventually(sizes, (known) => known[object.object_id] === 1234);
    // The gauge is refreshed every 10 s, which only the long run waits for.
    if (storageKind === 'filesystem') return;
    const told = async (): Promise<boolean> => {
      const total = Object.values(await sizes()).reduce((sum, size) => sum + size, 0);
      const metrics = await (await fetch(`${tams.url}/metrics`)).text();
      return metrics.split('\n').some((line) => /^tams_storage_bytes_total\{/.test(line) && line.endsWith(` ${total}`));
    };
    await eventually(told, (same) => same, { every: 250 });
  });
});

describe('a URL that is not used as it was made, or not once', () => {
  const turned = (text: string): string => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  /** Changes one query parameter whose name matches. */
  const changed = (url: string, name: RegExp): string => {
    const target = new URL(url);
    const [key, value] = [...target.searchParams].find(([candidate]) => name.test(candidate))!;
    target.searchParams.set(key, turned(value));
    return target.href;
  };
  const expiry = storageKind === 's3' ? /^x-amz-expires$/i : /^expires$/;

  it('uploads nothing when it was tampered with', async () => {
    const flowId = await createFlow(tams.client);
    const [object, other] = [await allocate(flowId), await allocate(flowId)];
    const { url } = object.put_url;
    expect(await put(changed(url, /signature$/i), randomBytes(5))).toBe(403);
    expect(await put(changed(url, expiry), randomBytes(5))).toBe(403);
    expect(await put(url.replace(object.object_id, other.object_id), randomBytes(5))).toBe(403);
    expect((await fetch(url)).status).toBe(403);
    for (const { object_id: id } of [object, other]) expect(await storage.has(id)).toBe(false);
    expect(await put(url, randomBytes(5))).toBe(200);
  });

  it('uploads nothing of another content type', async () => {
    const object = await allocate(await createFlow(tams.client));
    expect(await put(object.put_url.url, randomBytes(5), 'video/mp4')).toBe(403);
    expect([400, 403]).toContain(await put(object.put_url.url, randomBytes(5), ''));
    expect(await storage.has(object.object_id)).toBe(false);
  });

  it('uploads nothing when it has expired', async () => {
    const flowId = await createFlow(tams.client);
    const object = await hoursAgo(1, () => allocate(flowId));
    expect(await put(object.put_url.url, randomBytes(5))).toBe(403);
    expect(await storage.has(object.object_id)).toBe(false);
  });

  it('reads nothing when it was tampered with, or has expired', async () => {
    const { object } = await register(randomBytes(50));
    const url = await presignedUrl(object.object_id);
    const status = async (target: string, method = 'GET'): Promise<number> => (await fetch(target, { method })).status;
    expect(await status(changed(url, /signature$/i))).toBe(403);
    expect(await status(changed(url, expiry))).toBe(403);
    expect(await status(url.replace(object.object_id, randomUUID()))).toBe(403);
    expect(await status(url, 'PUT')).toBe(403);
    expect(await status(await hoursAgo(5, () => presignedUrl(object.object_id)))).toBe(403);
    expect(await status(url)).toBe(200);
  });

  it('uploads again, before a Segment uses the object: the last upload counts', async () => {
    const flowId = await createFlow(tams.client);
    const object = await allocate(flowId);
    for (const length of [10, 20]) expect(await put(object.put_url.url, Buffer.alloc(length, 'x'))).toBe(200);
    const segment = { object_id: object.object_id, timerange: '[0:0_1:0)' };
    expect((await tams.client.post(`/flows/${flowId}/segments`, segment)).status).toBe(201);
    expect((await (await fetch(await presignedUrl(object.object_id))).text()).length).toBe(20);
  });

  if (storageKind === 'filesystem') {
    // On S3 a presigned URL is good until it ends; nothing the server knows can end it sooner.
    it('overwrites nothing that a Segment uses', async () => {
      const { object } = await register(randomBytes(10));
      expect(await put(object.put_url.url, randomBytes(30))).toBe(403);
    });
  }
});

describe('a browser from another origin', () => {
  it('is let upload and read: preflight, and readable headers', async () => {
    const { object } = await register(randomBytes(50));
    const preflight = async (url: string, method: string, header: string): Promise<Headers> => {
      const headers = {
        origin: EDITOR,
        'access-control-request-method': method,
        'access-control-request-headers': header,
      };
      const answer = await fetch(url, { method: 'OPTIONS', headers });
      expect(answer.status).toBeLessThan(300);
      expect(['*', EDITOR]).toContain(answer.headers.get('access-control-allow-origin'));
      return answer.headers;
    };
    const upload = await preflight((await allocate(await createFlow(tams.client))).put_url.url, 'PUT', 'content-type');
    expect(upload.get('access-control-allow-methods')).toContain('PUT');
    expect(upload.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
    const url = await presignedUrl(object.object_id);
    expect((await preflight(url, 'GET', 'range')).get('access-control-allow-headers')?.toLowerCase()).toContain(
      'range',
    );
    const { status, headers } = await fetch(url, { headers: { origin: EDITOR, range: 'bytes=5-9' } });
    expect(status).toBe(206);
    expect(['*', EDITOR]).toContain(headers.get('access-control-allow-origin'));
    expect(headers.get('access-control-expose-headers')?.toLowerCase()).toContain('content-range');
  });
});
