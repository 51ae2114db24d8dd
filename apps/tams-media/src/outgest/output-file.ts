import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Failure, reasonOf } from '../failure';

/** Writes bytes to a file that appears under its name only when it is whole; leaves nothing behind on failure. */
export async function writeFileAtomically(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(bytes, createWriteStream(partial, { flush: true }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    if (isSystemError(error)) {
      throw new Failure(`${path} cannot be written: ${reasonOf(error)}`, {
        next: 'Give another file with -o.',
        cause: error,
      });
    }
    throw error;
  }
}

/** Writes bytes to standard output and leaves it open. */
export async function writeStandardOutput(bytes: AsyncIterable<Buffer>): Promise<void> {
  try {
    await pipeline(bytes, process.stdout, { end: false });
  } catch (error) {
    if (isSystemError(error) && error.code === 'EPIPE')
      throw new Failure('The reader of the output stopped reading', { cause: error });
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return Error.isError(error) && !(error instanceof Failure) && 'syscall' in error;
}
