import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { getHeapSnapshot, getHeapStatistics } from 'node:v8';
import { logger } from '@tams/telemetry';

/** Where snapshots lie below `DATA_DIR`. */
const DIRECTORY = 'heap-snapshots';
/** Most that are kept: each is as large as the heap, and they are for one investigation. */
const MAXIMUM_KEPT = 4;
/** A snapshot is text about objects: up to so many times the size of the heap. */
const EXPANSION = 3;

let running = false;

/**
 * Writes what is on the heap to a file below `DATA_DIR` that only the server's account may read, for the memory tab of
 * Chromium's developer tools. The process answers nothing meanwhile, for seconds a gigabyte. What cannot be done is logged.
 */
export async function takeHeapSnapshot(dataDirectory: string): Promise<void> {
  if (running) return;
  running = true;
  try {
    const path = await placeFor(join(dataDirectory, DIRECTORY));
    logger.warn({ path }, 'Taking a snapshot of the heap; nothing is answered meanwhile');
    await write(path);
    logger.warn({ path }, `The snapshot of the heap is ${path}. It holds credentials and data of clients`);
  } catch (error) {
    logger.error({ err: error }, 'No snapshot of the heap could be taken');
  } finally {
    running = false;
  }
}

/** `kill -USR1 <pid>` takes a snapshot: only those who may end the process may do that. */
export function takeHeapSnapshotsOnSignal(dataDirectory: string): void {
  // Node would start its debugger on this signal, on which everybody on the machine may call.
  process.on('SIGUSR1', () => void takeHeapSnapshot(dataDirectory));
}

async function placeFor(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = await readdir(directory);
  if (kept.length >= MAXIMUM_KEPT) {
    throw new Error(`There are ${kept.length} in ${directory} already: take them away first.`);
  }
  const { bavail, bsize } = await statfs(directory);
  const needed = EXPANSION * getHeapStatistics().used_heap_size;
  if (bavail * bsize < needed) throw new Error(`${directory} has no room for ${needed} bytes.`);
  return join(directory, `${new Date().toISOString().replaceAll(':', '-')}.heapsnapshot`);
}

async function write(path: string): Promise<void> {
  try {
    await pipeline(getHeapSnapshot(), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
