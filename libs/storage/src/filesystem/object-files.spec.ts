import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectFiles } from './object-files';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-objects-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function store(files: ObjectFiles, objectId: string, content: string): Promise<void> {
  const file = await files.create();
  await file.append(Buffer.from(content));
  await file.finish(objectId, 'video/mp2t');
  await files.promote(file, objectId);
}

async function contentOf(files: ObjectFiles, objectId: string): Promise<string | undefined> {
  const file = await files.read(objectId);
  return file && Buffer.concat((await (await file.stream()).toArray()) as Buffer[]).toString();
}

/** As the first start does. */
function openFiles(): Promise<ObjectFiles> {
  return ObjectFiles.open(directory, (found) => Promise.resolve({ identity: found ?? 'this-one', isNew: true }));
}

async function filePaths(): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'store-identity')
    .map((entry) => join(entry.parentPath, entry.name));
}

it('keeps every object in one file, two directories deep, whatever its identifier', async () => {
  const files = await openFiles();
  await store(files, '../../outside', 'one');
  await store(files, '', 'two');
  expect(await contentOf(files, '../../outside')).toBe('one');
  expect(await contentOf(files, '')).toBe('two');
  expect(await contentOf(files, 'outside')).toBeUndefined();
  expect((await filePaths()).map((path) => path.slice(directory.length))).toEqual([
    expect.stringMatching(/^\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/),
    expect.stringMatching(/^\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/),
  ]);
});

it('survives being opened again', async () => {
  await store(await openFiles(), 'o', 'kept');
  expect(await contentOf(await openFiles(), 'o')).toBe('kept');
});

it('lets a reader finish what is replaced or removed meanwhile', async () => {
  const files = await openFiles();
  await store(files, 'o', 'old');
  const reader = (await files.read('o'))!;
  await store(files, 'o', 'newer');
  await files.delete('o');
  expect(Buffer.concat((await (await reader.stream()).toArray()) as Buffer[]).toString()).toBe('old');
  expect(await files.has('o')).toBe(false);
});

it('never takes a damaged file for an object', async () => {
  const files = await openFiles();
  await store(files, 'o', 'x'.repeat(100));
  const [path] = await filePaths();
  const { size } = await stat(path!);
  await truncate(path!, size - 1);
  await expect(files.read('o')).rejects.toThrow('the file has no trailer');
  await writeFile(path!, '');
  await expect(files.read('o')).rejects.toThrow('the file has no trailer');
});

it('removes uploads whose process is gone, and leaves the others', async () => {
  const incoming = join(directory, 'incoming');
  await mkdir(incoming);
  const id = '00000000-0000-4000-8000-000000000000';
  const old = new Date(Date.now() - 3_600_000);
  const names = {
    ofOurEarlierLife: `${hostname()}.${process.pid}.${id}`,
    // Process ids end far below this one.
    ofADeadProcess: `${hostname()}.999999999.${id}`,
    ofARunningProcess: `${hostname()}.${process.ppid}.${id}`,
    ofAnotherMachineNow: `elsewhere.1.${id}`,
    ofAnotherMachineLongAgo: `elsewhere.2.${id}`,
  };
  for (const name of Object.values(names)) await writeFile(join(incoming, name), 'half');
  await utimes(join(incoming, names.ofAnotherMachineLongAgo), old, old);
  await openFiles();
  expect((await readdir(incoming)).sort()).toEqual([names.ofARunningProcess, names.ofAnotherMachineNow].sort());
});
