import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The server cannot keep anything in `DATA_DIR`; the message says why, and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';

  constructor(directory: string, reason: string) {
    super(
      `DATA_DIR is ${directory}, and that cannot be used: ${reason}.\n` +
        'Set DATA_DIR to a directory that exists, or can be made, and that this process may write to.',
    );
  }
}

/** Errors of the file system in words; others are told by their own message. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this process may not write there',
  EPERM: 'this process may not write there',
  EROFS: 'it lies on a file system that can only be read',
  ENOSPC: 'its file system is full',
  EDQUOT: 'the quota of its file system is used up',
  ENAMETOOLONG: 'its path is too long',
  ELOOP: 'its path leads in a circle',
  ENOENT: 'no directory can be made there',
  ENOTDIR: 'a part of its path is a file',
};

/**
 * Makes the data directory if need be, and tries to write to it, before anything else is started there.
 * @throws {DataDirectoryError}
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    await make(directory);
    const probe = join(directory, `.write-test-${randomUUID()}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    if (error instanceof DataDirectoryError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new DataDirectoryError(directory, reasons[code] ?? message);
  }
}

/** One level after the other: `mkdir` of Node with `recursive` never returns below `/proc`, where nothing can be made. */
async function make(directory: string): Promise<void> {
  const missing: string[] = [];
  let at = directory;
  for (;;) {
    const found = await stat(at).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (found?.isDirectory()) break;
    if (found) throw new DataDirectoryError(directory, `${at === directory ? 'it' : at} is a file`);
    missing.unshift(at);
    at = dirname(at);
  }
  for (const path of missing) {
    await mkdir(path).catch((error: unknown) => {
      // Another replica that starts at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}
