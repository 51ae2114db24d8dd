import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@tams/platform';
import { startMediaServer } from '../testing/media-server';
import { readBackendPlans } from './backend-plans';

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

async function mistakesOf(content: string): Promise<string[]> {
  const file = await fileOf(content);
  const error: unknown = await readBackendPlans(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigurationError)) throw new Error('The file was accepted.');
  return error.mistakes.map((mistake) => mistake.replace(`STORAGE_BACKENDS_FILE ${file}: `, ''));
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
    });
    await rm(server.dataDirectory, { recursive: true });
    expect(await server.backends.default!.check()).toMatchObject({
      available: false,
      problem: expect.stringMatching(/ENOENT/) as string,
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
    expect(await server.backends.all[1]!.stat(object.object_id)).toEqual({ sizeBytes: 3, contentType: 'video/mp2t' });
    expect(await server.backends.all[0]!.stat(object.object_id)).toBeUndefined();
  } finally {
    await server.stop();
  }
});

it('reports every mistake at once', async () => {
  expect(
    await mistakesOf(`
- { type: filesystem, label: "a,b", default_storage: maybe }
- { type: floppy }
- { type: filesystem, id: X, colour: red }
`),
  ).toEqual([
    'backend 1: filesystem.label must not contain a comma',
    'backend 1: filesystem.default_storage must be true or false',
    'backend 2: type must be one of filesystem',
    'backend 3: filesystem.id must be a lower-case UUID',
    expect.stringMatching(/^backend 3: filesystem Unrecognized key: "colour"/),
  ]);
});

it('reports backends that clash', async () => {
  expect(
    await mistakesOf(`
- { type: filesystem, label: one, default_storage: true }
- { type: filesystem, label: one, default_storage: true }
`),
  ).toEqual([
    'two backends have the label one',
    'more than one backend has default_storage: true',
    'every backend but one needs an id of its own',
  ]);
});

it.each([
  ['[]', 'must list at least one storage backend'],
  ['just: a mapping', 'must be a list of storage backends'],
  ['- "text"', 'must be a mapping with a `type`'],
  ['- {', 'cannot be read'],
])('refuses a file that says %s', async (content, mistake) => {
  expect((await mistakesOf(content)).join()).toContain(mistake);
});

it('says when the file is missing', async () => {
  await expect(readBackendPlans(join(directory, 'none.yaml'))).rejects.toThrow(
    /STORAGE_BACKENDS_FILE .*none\.yaml cannot be read: ENOENT/,
  );
});
