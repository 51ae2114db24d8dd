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
    throw writeFailure(error, path, 'give another file with -o');
  }
}

/** Writes bytes to standard output and leaves it open. */
export async function writeStandardOutput(bytes: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(bytes, process.stdout, { end: false });
  } catch (error) {
    if (isSystemError(error) && error.code === 'EPIPE')
      throw new Failure('The reader of the output stopped reading', { cause: error });
    throw writeFailure(error, 'Standard output', 'write to a file with -o');
  }
}

/**
 * What the file system refused, in a sentence; any other error as it is.
 * @param what could not be written
 * @param instead what a person can do about it, such as `give another file with -o`
 */
export function writeFailure(error: unknown, what: string, instead: string): unknown {
  if (!isSystemError(error)) return error;
  const next =
    error.code === 'ENOSPC'
      ? `Make room, or ${instead}.`
      : `${instead.replace(/^./, (letter) => letter.toUpperCase())}.`;
  return new Failure(`${what} cannot be written: ${reasonOf(error)}`, { next, cause: error });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return Error.isError(error) && !(error instanceof Failure) && 'syscall' in error;
}
