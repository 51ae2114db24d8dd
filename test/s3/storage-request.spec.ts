import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { Pool } from 'pg';
import { startTestServer, type TestServer } from '../support/test-server';
import { describeWithGateway, gateway } from './gateway';

const variables = {
  S3_BUCKET: gateway.bucket,
  S3_ENDPOINT: gateway.endpoint,
  S3_REGION: gateway.region,
  S3_ACCESS_KEY_ID: gateway.accessKeyId,
  S3_SECRET_ACCESS_KEY: gateway.secretAccessKey,
};

interface Allocation {
  readonly media_objects: readonly {
    readonly object_id: string;
    readonly put_url: { readonly url: string; readonly 'content-type': string };
  }[];
}

const flow = {
  source_id: randomUUID(),
  format: 'urn:x-nmos:format:data',
  container: 'application/octet-stream',
  codec: 'application/octet-stream',
  essence_parameters: { data_type: 'urn:x-tams:data:test' },
};

/** Sends JSON and reads JSON. */
async function send(server: TestServer, method: string, path: string, body: unknown): Promise<[number, unknown]> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return [answer.status, text === '' ? undefined : JSON.parse(text)];
}

async function allocate(server: TestServer, request: Record<string, unknown>): Promise<[number, unknown]> {
  const id = randomUUID();
  const [status, answer] = await send(server, 'PUT', `/flows/${id}`, { id, ...flow });
  expect([status, answer]).toEqual([201, expect.anything()]);
  return send(server, 'POST', `/flows/${id}/storage`, request);
}

describeWithGateway('A server whose storage is S3', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer(variables);
  });

  afterAll(async () => {
    await server.stop();
  });

  it('lists the bucket as its only and default backend, under the same id after a restart', async () => {
    const list = async (at: TestServer): Promise<unknown> => (await fetch(`${at.url}/service/storage-backends`)).json();
    const backends = await list(server);
    expect(backends).toEqual([
      {
        id: expect.any(String) as string,
        label: 's3',
        store_type: 'http_object_store',
        provider: 'self-hosted',
        region: gateway.region,
        store_product: 's3',
        default_storage: true,
      },
    ]);
    const again = await startTestServer({ ...variables, DATABASE_URL: server.databaseUrl });
    expect(await list(again)).toEqual(backends);
    await again.stop();
  });

  it('hands out upload URLs that the store takes', async () => {
    const [status, answer] = await allocate(server, { limit: 3 });
    expect(status).toBe(201);
    for (const { put_url: request } of (answer as Allocation).media_objects) {
      const headers = { 'Content-Type': request['content-type'] };
      expect((await fetch(request.url, { method: 'PUT', body: randomBytes(1000), headers })).status).toBe(200);
    }
  });

  it('refuses to hand out plain upload URLs, and identifiers that URLs cannot carry', async () => {
    expect(await allocate(server, { limit: 1, presigned: false })).toMatchObject([
      400,
      { detail: expect.stringContaining('presigned URLs only') as string },
    ]);
    expect(await allocate(server, { object_ids: ['a/../b'] })).toMatchObject([
      400,
      { detail: expect.stringContaining('path segment') as string },
    ]);
  });
});

describeWithGateway('A server whose storage is S3 with plain URLs', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ ...variables, S3_PLAIN_URLS: 's3' });
  });
  afterAll(() => server.stop());

  it('hands out s3:// for presigned=false, to upload and to read', async () => {
    const id = randomUUID();
    await send(server, 'PUT', `/flows/${id}`, { id, ...flow });
    const checksum = { algorithm: 'SHA-256', checksum: createHash('sha256').update('x').digest('base64') };
    const request = { checksums: [checksum], presigned: false };
    const [status, answer] = await send(server, 'POST', `/flows/${id}/storage`, request);
    expect(status).toBe(201);
    const [object] = (answer as Allocation).media_objects;
    const url = `s3://${gateway.bucket}/${object!.object_id}`;
    expect(object).toEqual({
      object_id: object!.object_id,
      put_url: { url, 'content-type': flow.container, headers: { 'x-amz-checksum-sha256': checksum.checksum } },
      presigned: false,
    });
    const segment = { object_id: object!.object_id, timerange: '[0:0_1:0)' };
    expect((await send(server, 'POST', `/flows/${id}/segments`, segment))[0]).toBe(201);
    const listed = async (query: string): Promise<unknown> =>
      (await fetch(`${server.url}/flows/${id}/segments?${query}`)).json();
    expect(await listed('presigned=false')).toMatchObject([{ get_urls: [{ url, presigned: false }] }]);
    expect(await listed('')).toMatchObject([{ get_urls: [{ presigned: true }, { url, presigned: false }] }]);
  });
});

// Needs no store: on the contrary.
describe('A server with a dead S3 backend beside the embedded one', () => {
  const dead = randomUUID();
  let server: TestServer;

  beforeAll(async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'tams-backends-')), 'backends.json');
    const keys = { access_key_id: 'A', secret_access_key: 'env:HOME' };
    const entry = { type: 's3', id: dead, label: 'dead', bucket: 'media', endpoint: 'http://127.0.0.1:1', ...keys };
    await writeFile(file, JSON.stringify([{ type: 'filesystem', label: 'local', default_storage: true }, entry]));
    server = await startTestServer({ STORAGE_BACKENDS_FILE: file });
  });
  afterAll(() => server.stop());

  it('starts, hands out URLs of both, and stores in the embedded backend', async () => {
    const [status, answer] = await allocate(server, { limit: 1 });
    expect(status).toBe(201);
    const { url, 'content-type': type } = (answer as Allocation).media_objects[0]!.put_url;
    expect((await fetch(url, { method: 'PUT', body: 'x', headers: { 'Content-Type': type } })).status).toBe(200);
    expect((await allocate(server, { limit: 1, storage_id: dead }))[0]).toBe(201);
  });

  it('says 503 and when to come back where the dead one is needed, and only there', async () => {
    const id = randomUUID();
    await send(server, 'PUT', `/flows/${id}`, { id, ...flow });
    const [, answer] = await send(server, 'POST', `/flows/${id}/storage`, { limit: 1, storage_id: dead });
    const { object_id: object } = (answer as Allocation).media_objects[0]!;
    const segment = { object_id: object, timerange: '[0:0_1:0)' };
    expect((await send(server, 'POST', `/flows/${id}/segments`, segment))[0]).toBe(201);
    expect((await fetch(`${server.url}/objects/${object}`)).status).toBe(200);
    // Whether the dead store holds the object has to be known before its only other instance goes.
    const database = new Pool({ connectionString: server.databaseUrl, max: 1 });
    const local = 'SELECT storage_id FROM object_instances WHERE object_id = $1 AND storage_id <> $2';
    await database.query(
      `INSERT INTO object_instances (object_id, storage_id, size_bytes)
       SELECT $1, storage_id, 1 FROM object_instances WHERE storage_id <> $2 LIMIT 1`,
      [object, dead],
    );
    const { rows } = await database.query<{ storage_id: string }>(local, [object, dead]);
    await database.end();
    const path = `/objects/${object}/instances?storage_id=${rows[0]!.storage_id}`;
    const refused = await fetch(`${server.url}${path}`, { method: 'DELETE' });
    expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ status: 503 })]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
