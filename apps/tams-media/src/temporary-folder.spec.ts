import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { Failure } from '@tams/media';
import { TemporaryFolder } from './temporary-folder';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

function chunks(end?: Error): AsyncIterable<Buffer> {
  function* all(): Generator<Buffer> {
    yield Buffer.from('first ');
    yield Buffer.from('second');
    if (end) throw end;
  }
  return Readable.from(all());
}

it('holds what it is given', async () => {
  const path = await folder.holding(chunks());
  expect(await readFile(path, 'utf8')).toBe('first second');
});

it('keeps nothing of what ends early, and says what its giver says', async () => {
  const path = await folder.holding(chunks());
  const before = await readdir(dirname(path));
  const ended = new Error('the connection was closed');
  await expect(folder.holding(chunks(ended))).rejects.toBe(ended);
  expect(await readdir(dirname(path))).toEqual(before);
});

it('tells a disk that is full in a sentence', async () => {
  const written = folder.file(() => writeFile('/dev/full', 'too much'));
  await expect(written).rejects.toBeInstanceOf(Failure);
  await expect(written).rejects.toMatchObject({
    message: expect.stringMatching(/^A temporary file in .* cannot be written: ENOSPC/) as string,
    next: 'Make room, or name a folder with more room in TMPDIR.',
  });
});
