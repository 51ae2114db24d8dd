import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
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

describeWithGateway('A server with a dead S3 backend beside the embedded one', () => {
  it('starts, hands out URLs and stores in the embedded backend', async () => {
    const file = join(tmpdir(), `tams-backends-${randomUUID()}.json`);
    const storageId = randomUUID();
    await writeFile(
      file,
      JSON.stringify([
        { type: 'filesystem', label: 'local', default_storage: true },
        {
          type: 's3',
          id: storageId,
          label: 'dead',
          bucket: 'media',
          endpoint: 'http://127.0.0.1:1',
          access_key_id: 'A',
          secret_access_key: 'env:HOME',
        },
      ]),
    );
    const server = await startTestServer({ STORAGE_BACKENDS_FILE: file });
    const [status, answer] = await allocate(server, { limit: 1 });
    expect(status).toBe(201);
    const { url, 'content-type': type } = (answer as Allocation).media_objects[0]!.put_url;
    expect((await fetch(url, { method: 'PUT', body: 'x', headers: { 'Content-Type': type } })).status).toBe(200);
    expect((await allocate(server, { limit: 1, storage_id: storageId }))[0]).toBe(201);
    await server.stop();
  });
});
