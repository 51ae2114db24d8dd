import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

const DISK_BYTES = 4_000_000;

/** Mounts a small disk. @returns whether this user and system allow it */
function mountSmallDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'tams-small-disk-'));
const disk = join(directory, 'disk');
mkdirSync(disk);
const mounted = mountSmallDisk(disk);
let tams: TestServer | undefined;

afterAll(async () => {
  await tams?.stop();
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(directory, { recursive: true, force: true });
});

interface Allocated {
  readonly media_objects: readonly { readonly object_id: string; readonly put_url: { readonly url: string } }[];
}

async function upload(
  flow: string,
  bytes: Buffer,
): Promise<{ id: string; status: number; body: string; retry: string | null }> {
  const answer = await tams!.client.post<Allocated>(`/flows/${flow}/storage`, { limit: 1 });
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
    tams = await startTestServer({ DATA_DIR: join(disk, 'data') });
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
