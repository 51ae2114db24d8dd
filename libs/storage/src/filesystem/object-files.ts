import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { IncomingFile } from './incoming-file';
import type { ListedObject } from '../backends/storage-backend';
import { ObjectFile } from './object-file';
import { ObjectFileDamagedError } from './object-trailer';
import { StoreIdentity } from './store-identity';

/** An unfinished upload of another machine counts as abandoned when nothing was written to it for this long. */
const ABANDONED_AFTER_MILLISECONDS = 15 * 60_000;
const SHARD_NAME = /^[0-9a-f]{2}$/;
const OBJECT_NAME = /^[0-9a-f]{64}$/;

/**
 * The files of the embedded object store: one for each object, in two levels of directories, named by the SHA-256 of the
 * object's identifier (which is free text of the client), and unfinished uploads beside them in `incoming`.
 */
export class ObjectFiles {
  private readonly incoming: string;

  private readonly store: StoreIdentity;

  private constructor(
    private readonly directory: string,
    private readonly identity: string,
  ) {
    this.incoming = join(directory, 'incoming');
    this.store = new StoreIdentity(directory);
  }

  /**
   * Opens (and makes) the directory and removes uploads that a process which is no more left unfinished.
   * @param identify gives the store's identity, from what the directory says, if anything; `isNew` when nobody knew it yet.
   *   A directory that lacks the identity of a known store is left as it is: its volume is not mounted, and may be later.
   */
  static async open(
    directory: string,
    identify: (found: string | undefined) => Promise<{ readonly identity: string; readonly isNew: boolean }>,
  ): Promise<ObjectFiles> {
    const store = new StoreIdentity(directory);
    const found = await store.read();
    const { identity, isNew } = await identify(found);
    const files = new ObjectFiles(directory, identity);
    if (found !== identity && !isNew) return files;
    await mkdir(files.incoming, { recursive: true });
    await store.write(identity);
    await files.removeLeftBehind();
    return files;
  }

  /** Opens an object for reading; the caller closes it. `undefined` when there is none. */
  async read(objectId: string): Promise<ObjectFile | undefined> {
    try {
      return await ObjectFile.open(this.pathOf(objectId));
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.requireVolume();
      return undefined;
    }
  }

  /** Whether there is an object, complete, under this identifier. */
  async has(objectId: string): Promise<boolean> {
    try {
      await stat(this.pathOf(objectId));
      return true;
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.requireVolume();
      return false;
    }
  }

  /** Makes the directory of uploads, and never the one above it: where that is gone, its volume just went away. */
  private async makeIncoming(): Promise<void> {
    try {
      await mkdir(this.incoming);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      if (isMissing(error)) await this.requireVolume();
      throw error;
    }
  }

  /** Begins a file that is no object yet. */
  async create(): Promise<IncomingFile> {
    await this.requireVolume();
    await this.makeIncoming();
    return IncomingFile.create(join(this.incoming, `${hostname()}.${process.pid}.${randomUUID()}`));
  }

  /** Makes a finished file the object, in one step, replacing what was there; durable when it resolves. */
  async promote(file: IncomingFile, objectId: string): Promise<void> {
    const path = this.pathOf(objectId);
    const made = await mkdir(dirname(path), { recursive: true });
    await rename(file.path, path);
    await synchronise(dirname(path));
    if (made !== undefined) {
      await synchronise(dirname(dirname(path)));
      await synchronise(this.directory);
    }
  }

  /** Removes an object; there may be none. */
  async delete(objectId: string): Promise<void> {
    await this.requireVolume();
    await removeFile(this.pathOf(objectId));
  }

  /** Walks all objects, two levels of at most 256 directories in memory at a time; damaged files have no name to give. */
  async *list(): AsyncGenerator<ListedObject> {
    await this.requireVolume();
    for (const first of await shardsIn(this.directory)) {
      for (const second of await shardsIn(join(this.directory, first))) {
        for await (const entry of await opendir(join(this.directory, first, second))) {
          if (!OBJECT_NAME.test(entry.name)) continue;
          const found = await describe(join(this.directory, first, second, entry.name));
          if (found) yield found;
        }
      }
    }
  }

  /** Removes unfinished uploads to which nothing was written since a moment. @returns how many there were */
  async removeAbandoned(before: Date): Promise<number> {
    await this.requireVolume();
    let removed = 0;
    for (const name of await readdir(this.incoming)) {
      const path = join(this.incoming, name);
      if (!(await isUntouchedSince(path, before))) continue;
      await removeFile(path);
      removed += 1;
    }
    return removed;
  }

  /** Writes, reads and removes a small file, as an upload would. */
  async probe(): Promise<void> {
    const file = await this.create();
    try {
      await file.append(Buffer.from('probe'));
      await file.finish('probe', 'text/plain');
    } finally {
      await file.discard();
    }
  }

  /** Room on the file system: what this process may still use, and what there is in all, in bytes. */
  async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    const { bavail, blocks, bsize } = await statfs(this.directory);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  /** What is missing may lie on a volume that is not mounted. @throws {WrongVolumeError} */
  private requireVolume(): Promise<void> {
    return this.store.require(this.identity);
  }

  private pathOf(objectId: string): string {
    const name = createHash('sha256').update(objectId).digest('hex');
    return join(this.directory, name.slice(0, 2), name.slice(2, 4), name);
  }

  private async removeLeftBehind(): Promise<void> {
    for (const name of await readdir(this.incoming)) {
      const path = join(this.incoming, name);
      if (await isAbandoned(path, name)) await removeFile(path);
    }
  }
}

/** Uploads of this machine are abandoned when their process is gone; of others we know only when they were last written. */
async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [, host, pid] = /^(.+)\.(\d+)\.[0-9a-f-]{36}$/.exec(name) ?? [];
  // Our own id counts as gone at start: a container's process has the same one after each restart.
  const isOurs = host === hostname() && pid !== undefined;
  if (isOurs && (Number(pid) === process.pid || !isRunning(Number(pid)))) return true;
  return isUntouchedSince(path, new Date(Date.now() - ABANDONED_AFTER_MILLISECONDS));
}

async function isUntouchedSince(path: string, moment: Date): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    return mtimeMs < moment.getTime();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Names of the directories that objects are spread over. */
async function shardsIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => SHARD_NAME.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function describe(path: string): Promise<ListedObject | undefined> {
  let file: ObjectFile;
  try {
    file = await ObjectFile.open(path);
  } catch (error) {
    if (isMissing(error) || error instanceof ObjectFileDamagedError) return undefined;
    throw error;
  }
  await file.close();
  return { objectId: file.objectId, sizeBytes: file.sizeBytes, modified: file.modified };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Makes the entries of a directory durable. */
async function synchronise(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
