import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure, reasonOf } from '@tams/media';

/**
 * Refuses, before anything is fetched, a file that cannot be written or that would silently take another's place.
 * @param replace whether an existing file may be replaced
 * @throws Failure
 */
export function refuseUnfitFile(path: string, replace: boolean): void {
  const another = 'Give another file with -o.';
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw new Failure(`There is no folder ${dirname(path)}`, { next: `Make it, or give another file with -o.` });
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory()) throw new Failure(`${path} is a folder`, { next: another });
  if (existing?.isFile() && !replace)
    throw new Failure(`${path} exists already`, {
      next: 'Give another file with -o, or replace this one with --force.',
    });
}

/** Writes bytes to a file that appears under its name only when it is whole; leaves nothing behind on failure. */
export function writeFileAtomically(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  return writeBeside(path, (partial) => pipeline(bytes, createWriteStream(partial, { flush: true })));
}

/**
 * Has a file written under another name, and gives it its own when it is whole; leaves nothing behind on failure.
 * @throws Failure when the disk refuses it
 */
export async function writeBeside<T>(path: string, write: (partial: string) => Promise<T>): Promise<T> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    const result = await write(partial);
    await rename(partial, path);
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    throw isSystemError(error) ? unwritable(path, error) : error;
  }
}

/** Writes bytes to standard output and leaves it open. */
export async function writeStandardOutput(bytes: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(bytes, process.stdout, { end: false });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw error.code === 'EPIPE'
      ? new Failure('The reader of the output stopped reading', { cause: error })
      : unwritable('Standard output', error);
  }
}

function unwritable(what: string, cause: NodeJS.ErrnoException): Failure {
  return new Failure(`${what} cannot be written: ${reasonOf(cause)}`, {
    next: cause.code === 'ENOSPC' ? 'Make room, or give another file with -o.' : 'Give another file with -o.',
    cause,
  });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return Error.isError(error) && !(error instanceof Failure) && 'syscall' in error;
}
