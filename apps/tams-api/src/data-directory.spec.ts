import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectoryError, prepareDataDirectory } from './data-directory';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-data-directory-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('makes what is missing, and leaves nothing of its own behind', async () => {
  const path = join(directory, 'a', 'b');
  await prepareDataDirectory(path);
  await prepareDataDirectory(path);
  expect(await readdir(path)).toEqual([]);
});

it('lets several begin at once', async () => {
  const path = join(directory, 'a', 'b');
  await expect(Promise.all(Array.from({ length: 8 }, () => prepareDataDirectory(path)))).resolves.toHaveLength(8);
});

it('says that it is a file, or lies below one', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  await expect(prepareDataDirectory(file)).rejects.toThrow(new DataDirectoryError(file, 'it is a file'));
  await expect(prepareDataDirectory(join(file, 'x'))).rejects.toThrow('a part of its path is a file');
});

it('does not wait for ever where nothing can be made', async () => {
  await expect(prepareDataDirectory('/proc/tams/data')).rejects.toThrow(DataDirectoryError);
});
