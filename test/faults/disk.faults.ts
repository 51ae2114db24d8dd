import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { statusOf } from './support/status';
import { Configuration } from '@tams/platform';
import { Client } from 'pg';
import { TamsServer } from '../../apps/tams-api/src/tams-server';
import { TamsClient } from '../contract/tams-client';
import { startTestServer, type TestServer } from '../support/test-server';

const DISK_BYTES = 4_000_000;
/** For the embedded PostgreSQL, whose cluster and log take some 60 MB, its reserve of 64 MiB, and media. */
const STORE_DISK_BYTES = 450_000_000;

/** Mounts a small disk. @returns whether this user and system allow it */
function mountSmallDisk(directory: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'tams-small-disk-'));
const disk = join(directory, 'disk');
mkdirSync(disk);
const mounted = mountSmallDisk(disk, DISK_BYTES);
const storeDisk = join(directory, 'store');
mkdirSync(storeDisk);
const storeMounted = mountSmallDisk(storeDisk, STORE_DISK_BYTES);
let store: TamsServer | undefined;
let tams: TestServer | undefined;

afterAll(async () => {
  await tams?.stop();
  await store?.stop();
  if (storeMounted) execFileSync('umount', ['-l', storeDisk]);
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(directory, { recursive: true, force: true });
});

interface Allocated {
  readonly media_objects: readonly { readonly object_id: string; readonly put_url: { readonly url: string } }[];
}

async function upload(
  flow: string,
  bytes: Buffer,
  client: TamsClient = tams!.client,
): Promise<{ id: string; status: number; body: string; retry: string | null }> {
  const answer = await client.post<Allocated>(`/flows/${flow}/storage`, { limit: 1 });
  const [object] = answer.body.media_objects;
  const response = await fetch(object!.put_url.url, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp2t' },
    body: new Uint8Array(bytes),
  });
  return {
    id: object!.object_id,
    status: response.status,
    body: await response.text(),
    retry: response.headers.get('retry-after'),
  };
}

(mounted ? test : test.skip)(
  `a disk that is full refuses uploads, keeps what it has, and is used again once there is room${mounted ? '' : ' (skipped: mount of a tmpfs is not permitted)'}`,
  async () => {
    tams = await startTestServer({
      DATA_DIR: join(disk, 'data'),
      STORAGE_MIN_FREE_BYTES: '0',
      STORAGE_MIN_FREE_PERCENT: '0',
    });
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const media = randomBytes(500_000);
    const kept = await upload(flow.id, media);
    expect(kept.status).toBe(200);
    // Something else fills the disk.
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(DISK_BYTES - 1_000_000));

    const refused = await upload(flow.id, randomBytes(2_000_000));
    expect(refused).toMatchObject({ status: 503, retry: expect.stringMatching(/^\d+$/) as string });
    // Nothing half-written is left, and metadata goes on.
    expect(readdirSync(join(disk, 'data', 'objects', 'incoming'))).toEqual([]);
    expect(
      (await tams.client.post(`/flows/${flow.id}/segments`, { object_id: kept.id, timerange: '[0:0_1:0)' })).status,
    ).toBe(201);
    const [segment] = (await tams.client.get<{ get_urls: { url: string }[] }[]>(`/flows/${flow.id}/segments`)).body;
    expect(Buffer.from(await (await fetch(segment!.get_urls[0]!.url)).arrayBuffer()).equals(media)).toBe(true);

    rmSync(filler);
    expect((await upload(flow.id, randomBytes(2_000_000))).status).toBe(200);
  },
);

const dataDirectory = join(storeDisk, 'data');

/** The default installation: PostgreSQL and media on one disk. @returns what it wrote of its start */
async function startStore(): Promise<{ client: TamsClient; said: string[] }> {
  const said: string[] = [];
  const configuration = new Configuration({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: dataDirectory,
    STORAGE_MIN_FREE_BYTES: '150000000',
    STORAGE_MIN_FREE_PERCENT: '0',
    UNREFERENCED_OBJECT_GRACE_SECONDS: '0',
    OBJECT_COLLECTION_INTERVAL_SECONDS: '1',
  });
  store = await TamsServer.start(configuration, { log: (_level, message) => said.push(message) });
  return { client: new TamsClient(store.url), said };
}

/** Writes until nothing more fits, as another program on the disk would. */
function fill(path: string): void {
  const piece = Buffer.alloc(1_000_000);
  const file = openSync(path, 'a');
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    closeSync(file);
  }
}

/** Makes PostgreSQL need a new piece of its log, which a full disk has no room for. */
async function needMoreLog(): Promise<void> {
  const directory = join(dataDirectory, 'postgres');
  const [port, password] = ['port', 'password'].map((name) => readFileSync(join(directory, name), 'utf8').trim());
  const superuser = new Client({
    connectionString: `postgres://postgres:${encodeURIComponent(password!)}@127.0.0.1:${port}/postgres`,
  });
  superuser.on('error', () => undefined);
  await superuser.connect();
  try {
    for (let count = 0; count < 40; count += 1) {
      await superuser.query('SELECT pg_switch_wal(), pg_create_restore_point($1)', [`point ${count}`]);
    }
  } finally {
    await superuser.end().catch(() => undefined);
  }
}

(storeMounted ? test : test.skip)(
  `the default installation outlives a full disk, and is emptied again${storeMounted ? '' : ' (skipped: mount of a tmpfs is not permitted)'}`,
  async () => {
    let { client, said } = await startStore();
    const flow = videoFlow();
    await client.put(`/flows/${flow.id}`, flow);
    const media = randomBytes(20_000_000);
    const kept: string[] = [];
    for (;;) {
      const answer = await upload(flow.id, media, client);
      if (answer.status !== 200) {
        expect(answer).toMatchObject({ status: 503, retry: expect.stringMatching(/^\d+$/) as string });
        expect(JSON.parse(answer.body)).toMatchObject({ type: 'urn:x-tams:problem:storage-full' });
        break;
      }
      const timerange = `[${kept.length}:0_${kept.length + 1}:0)`;
      const segment = { object_id: answer.id, timerange };
      expect((await client.post(`/flows/${flow.id}/segments`, segment)).status).toBe(201);
      kept.push(answer.id);
    }
    expect(kept.length).toBeGreaterThan(0);
    // Uploads have left the metadata its room.
    expect((await client.put(`/flows/${flow.id}/label`, 'full')).status).toBe(204);
    const [segment] = (await client.get<{ get_urls: { url: string }[] }[]>(`/flows/${flow.id}/segments`)).body;
    const readsMedia = async (): Promise<number> => {
      const response = await fetch(segment!.get_urls[0]!.url);
      await response.arrayBuffer();
      return response.status;
    };

    fill(join(storeDisk, 'filler'));
    await expect(needMoreLog()).rejects.toThrow();
    expect(await readsMedia()).toBe(200);
    const ready = (): Promise<number> => statusOf(`${store!.url}/readyz`);
    await eventually(ready, (status) => status === 200, { what: 'ready again', atMost: 120_000 });
    expect(said.some((line) => line.includes('the reserve of the embedded PostgreSQL was given back'))).toBe(true);
    expect(await readsMedia()).toBe(200);

    // Once there is room the next start takes the reserve again; then a start on a full disk, to delete something.
    await store!.stop();
    rmSync(join(storeDisk, 'filler'));
    await startStore();
    await store!.stop();
    fill(join(storeDisk, 'filler'));
    ({ client, said } = await startStore());
    expect(await readsMedia().catch(() => 0)).toBe(0);
    const [again] = (await client.get<{ get_urls: { url: string }[] }[]>(`/flows/${flow.id}/segments`)).body;
    expect((await fetch(again!.get_urls[0]!.url)).status).toBe(200);
    expect((await client.delete(`/flows/${flow.id}`)).status).toBeLessThan(300);
    rmSync(join(storeDisk, 'filler'));
    const other = videoFlow();
    expect((await client.put(`/flows/${other.id}`, other)).status).toBe(201);
    const uploaded = async (): Promise<number> => (await upload(other.id, media, client)).status;
    await eventually(uploaded, (status) => status === 200, { what: 'uploads are taken again', atMost: 60_000 });
  },
);
