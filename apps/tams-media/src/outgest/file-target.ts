import { open, type FileHandle } from 'node:fs/promises';
import { StreamTarget, type StreamTargetChunk } from 'mediabunny';

/**
 * Writes all of the bytes: one write may take a part only, as on a disk that has no more room, and says so in no other way.
 * @param position where in the file; `null` for behind what was written last
 * @throws {Error} of the file system, such as ENOSPC
 */
export async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const at = position === null ? null : position + written;
    written += (await file.write(bytes, written, bytes.length - written, at)).bytesWritten;
  }
}

/** Reads as many bytes as there is room for: one read may bring a part only. @throws {Error} where the file ends before */
export async function readWhole(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let read = 0; read < into.length;) {
    const { bytesRead } = await file.read(into, read, into.length - read, position + read);
    if (bytesRead === 0) throw new Error('a file that ends too early');
    read += bytesRead;
  }
}

/** A file that the library writes, whole or not at all without an error: its own target takes a part for the whole. */
export async function fileTarget(path: string): Promise<StreamTarget> {
  const file = await open(path, 'w');
  const writable = new WritableStream<StreamTargetChunk>({
    write: ({ data, position }) => writeWhole(file, data, position),
    close: () => file.close(),
    abort: () => file.close(),
  });
  return new StreamTarget(writable, { chunked: true });
}
