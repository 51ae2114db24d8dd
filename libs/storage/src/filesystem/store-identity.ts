import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Name of the file in the directory of an embedded object store that says which one it is. */
export const IDENTITY_FILE = 'store-identity';

/** The directory is not the one the database knows: its volume is not mounted, or another one is. */
export class WrongVolumeError extends Error {
  override readonly name = 'WrongVolumeError';
  /** For those who tell errors of the disk by their code. */
  readonly code = 'ESTALE';

  constructor(directory: string, identity: string, found: string | undefined) {
    super(
      `${directory} is not the directory of this object store: its file ${IDENTITY_FILE} ${found === undefined ? 'is missing' : `says ${found}`}, ` +
        `and ${identity} is expected. Mount its volume. If this directory is meant to take its place, write ${identity} into ${join(directory, IDENTITY_FILE)}.`,
    );
  }
}

/**
 * Which store a directory holds. An empty directory in place of a volume that was not mounted would otherwise look like a
 * store that lost everything.
 */
export class StoreIdentity {
  private readonly file: string;

  constructor(private readonly directory: string) {
    this.file = join(directory, IDENTITY_FILE);
  }

  /** What the file says; `undefined` when there is none. */
  async read(): Promise<string | undefined> {
    try {
      return (await readFile(this.file, 'utf8')).trim();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  /** Marks a directory that is new; another process may have been first. */
  async write(identity: string): Promise<void> {
    try {
      await writeFile(this.file, `${identity}\n`, { flag: 'wx', mode: 0o640 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }

  /** @throws {WrongVolumeError} */
  async require(identity: string): Promise<void> {
    const found = await this.read();
    if (found !== identity) throw new WrongVolumeError(this.directory, identity, found);
  }
}
