import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMediaServer } from './media-server';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-backends-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function fileOf(content: string): Promise<string> {
  const file = join(directory, `${Math.random()}.yaml`);
  await writeFile(file, content);
  return file;
}

it('has the embedded object store when nothing is configured, under an id that stays', async () => {
  const server = await startMediaServer();
  try {
    const { details } = server.backends.default!;
    expect(details).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/) as string,
      label: 'local',
      store_type: 'http_object_store',
      provider: 'tams',
      store_product: 'filesystem',
      default_storage: true,
    });
    expect(server.backends.all).toHaveLength(1);
    expect(server.backends.get(details.id)).toBe(server.backends.default);
    expect(await server.backends.default!.check()).toEqual({
      available: true,
      latencyMilliseconds: expect.any(Number) as number,
      space: { freeBytes: expect.any(Number) as number, totalBytes: expect.any(Number) as number },
    });
    await rm(server.dataDirectory, { recursive: true });
    expect(await server.backends.default!.check()).toMatchObject({
      available: false,
      problem: expect.stringContaining('store-identity is missing') as string,
    });
  } finally {
    await server.stop();
  }
});

it('opens what the file lists, default first, then by label', async () => {
  const file = await fileOf(`
- { type: filesystem, id: 11111111-1111-4111-8111-111111111111, label: zebra, directory: ${directory}/zebra, region: attic }
- { type: filesystem, id: 22222222-2222-4222-8222-222222222222, label: ant, directory: ${directory}/ant, tags: { tier: [a, b] } }
- { type: filesystem, label: main, default_storage: true, provider: me, store_product: disk, directory: ${directory}/main }
`);
  const server = await startMediaServer({ STORAGE_BACKENDS_FILE: file });
  try {
    expect(server.backends.all.map((backend) => backend.details.label)).toEqual(['main', 'ant', 'zebra']);
    expect(server.backends.all[2]!.details).toMatchObject({ region: 'attic', provider: 'tams' });
    const object = await server.allocateOne({ storage_id: '22222222-2222-4222-8222-222222222222' });
    const stored = await fetch(object.put_url.url, {
      method: 'PUT',
      body: 'ant',
      headers: { 'Content-Type': 'video/mp2t' },
    });
    expect(stored.status).toBe(200);
    expect(await server.backends.all[1]!.stat(object.object_id)).toMatchObject({
      sizeBytes: 3,
      contentType: 'video/mp2t',
    });
    expect(await server.backends.all[0]!.stat(object.object_id)).toBeUndefined();
  } finally {
    await server.stop();
  }
});
