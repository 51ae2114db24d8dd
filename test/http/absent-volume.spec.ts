import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

/** The volume that holds the media is not mounted: nothing is lost, and nothing may look so. */

interface Allocated {
  readonly media_objects: readonly { readonly object_id: string; readonly put_url: { readonly url: string } }[];
}

let tams: TestServer;
const media = randomBytes(1000);
const objects = (): string => join(tams.dataDirectory, 'objects');

beforeEach(async () => {
  tams = await startTestServer();
});
afterEach(() => tams.stop());

async function put(url: string, bytes: Buffer): Promise<number> {
  const headers = { 'content-type': 'video/mp2t' };
  return (await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) })).status;
}

/** An object that a segment uses. */
async function registered(): Promise<{ putUrl: string; getUrl: string }> {
  const flow = videoFlow();
  await tams.client.put(`/flows/${flow.id}`, flow);
  const { body } = await tams.client.post<Allocated>(`/flows/${flow.id}/storage`, { limit: 1 });
  const [object] = body.media_objects;
  expect(await put(object!.put_url.url, media)).toBe(200);
  await tams.client.post(`/flows/${flow.id}/segments`, { object_id: object!.object_id, timerange: '[0:0_1:0)' });
  const [segment] = (await tams.client.get<{ get_urls: { url: string }[] }[]>(`/flows/${flow.id}/segments`)).body;
  return { putUrl: object!.put_url.url, getUrl: segment!.get_urls[0]!.url };
}

async function statuses({ putUrl, getUrl }: { putUrl: string; getUrl: string }): Promise<number[]> {
  const health = (await fetch(`${tams.url}/health`)).status;
  return [(await fetch(getUrl)).status, await put(putUrl, randomBytes(1000)), health];
}

it('answers 503 and is unhealthy while it is away, and goes on when it is back', async () => {
  const urls = await registered();
  await rename(objects(), `${objects()}-away`);
  expect(await statuses(urls)).toEqual([503, 503, 503]);
  await mkdir(objects());
  expect(await statuses(urls)).toEqual([503, 503, 503]);
  expect(await readdir(objects())).toEqual([]);
  await rm(objects(), { recursive: true });
  await rename(`${objects()}-away`, objects());
  expect(await statuses(urls)).toEqual([200, 403, 200]);
  expect(Buffer.from(await (await fetch(urls.getUrl)).arrayBuffer()).equals(media)).toBe(true);
});

it('is not taken for a new one by a start', async () => {
  await registered();
  await rename(objects(), `${objects()}-away`);
  const environment = { DATABASE_URL: tams.databaseUrl, DATA_DIR: tams.dataDirectory };
  await tams.server.stop();
  tams = await startTestServer(environment);
  expect((await fetch(`${tams.url}/health`)).status).toBe(503);
  expect(existsSync(objects())).toBe(false);
  await rename(`${objects()}-away`, objects());
  expect((await fetch(`${tams.url}/health`)).status).toBe(200);
  await rm(tams.dataDirectory, { recursive: true });
  await mkdir(tams.dataDirectory);
});

describe('another directory on the same database', () => {
  let other: string;
  beforeEach(async () => {
    other = await mkdtemp(join(tmpdir(), 'tams-other-'));
  });
  afterEach(() => rm(other, { recursive: true }));

  const startThere = (): Promise<TestServer> =>
    startTestServer({ DATABASE_URL: tams.databaseUrl, DATA_DIR: other, S3_BUCKET: '' });

  it('is refused at start, and stays as it was', async () => {
    await registered();
    await expect(startThere()).rejects.toThrow(
      `${join(other, 'objects')} is not the directory of the object store that the database knows (it was at ${objects()}): its file store-identity is missing`,
    );
    expect(await readdir(other)).toEqual([]);
    expect((await fetch(`${tams.url}/health`)).status).toBe(200);
  });

  it('is refused at start when it holds another store', async () => {
    await mkdir(join(other, 'objects'));
    await writeFile(join(other, 'objects', 'store-identity'), 'another\n');
    await expect(startThere()).rejects.toThrow('says another');
    expect(await readFile(join(other, 'objects', 'store-identity'), 'utf8')).toBe('another\n');
  });

  it('is refused at start under the same path on another machine: a container with a volume of its own', async () => {
    await rename(objects(), `${objects()}-elsewhere`);
    jest.spyOn(os, 'hostname').mockReturnValue('another-container');
    const there = startTestServer({ DATABASE_URL: tams.databaseUrl, DATA_DIR: tams.dataDirectory });
    await expect(there).rejects.toThrow('is not the directory of the object store that the database knows');
    jest.restoreAllMocks();
    await rename(`${objects()}-elsewhere`, objects());
  });

  it('is the store itself when it has its identity: a directory that was moved', async () => {
    const { getUrl } = await registered();
    await cp(objects(), join(other, 'objects'), { recursive: true });
    const moved = await startThere();
    expect((await fetch(getUrl.replace(tams.url, moved.url))).status).toBe(200);
    await moved.server.stop();
  });
});

it('lets nobody replace what a segment uses: only the bytes that were lost are taken again', async () => {
  const { putUrl, getUrl } = await registered();
  for (const name of await readdir(objects())) {
    if (name.length === 2) await rm(join(objects(), name), { recursive: true });
  }
  expect((await fetch(getUrl)).status).toBe(404);
  expect(await put(putUrl, randomBytes(1000))).toBe(403);
  expect(await put(putUrl, media.subarray(1))).toBe(403);
  expect((await fetch(getUrl)).status).toBe(404);
  expect(await put(putUrl, media)).toBe(200);
  expect(Buffer.from(await (await fetch(getUrl)).arrayBuffer()).equals(media)).toBe(true);
});
