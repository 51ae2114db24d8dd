import type { FileHandle } from 'node:fs/promises';
import { writeWhole } from './file-target';

/** A disk with room for some bytes that takes a few at a time, and then only what fits. */
function smallDisk(room: number): { readonly held: Buffer; readonly file: FileHandle } {
  const held = Buffer.alloc(room);
  const write = (bytes: Uint8Array, offset: number, length: number, position: number) => {
    const taken = Math.min(7, length, room - position);
    if (taken <= 0) return Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    held.set(bytes.subarray(offset, offset + taken), position);
    return Promise.resolve({ bytesWritten: taken, buffer: bytes });
  };
  return { held, file: { write } as unknown as FileHandle };
}

const bytes = Buffer.from('a file that is longer than one write takes');

it('writes all bytes, however few each write takes', async () => {
  const disk = smallDisk(100);
  await writeWhole(disk.file, bytes, 10);
  expect(disk.held.subarray(10, 10 + bytes.length)).toEqual(bytes);
});

it('fails where a disk takes only a part', async () => {
  await expect(writeWhole(smallDisk(20).file, bytes, 0)).rejects.toMatchObject({ code: 'ENOSPC' });
});
