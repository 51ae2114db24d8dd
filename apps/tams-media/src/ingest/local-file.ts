import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FileBytes } from '@tams/media';

/** Reads a file from a byte up to another, which is not read. */
export function chunksOfFile(path: string, start: number, end: number): AsyncIterable<Uint8Array> {
  return end > start ? createReadStream(path, { start, end: end - 1 }) : nothing();
}

/** A file as what checks it reads it. */
export async function bytesOfFile(path: string): Promise<FileBytes> {
  const { size } = await stat(path);
  return { size, chunks: (start, end) => chunksOfFile(path, start, end) };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Nothing to read: a range that is empty.
}
