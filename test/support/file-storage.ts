import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestStorage } from './test-storage';

/** Media in the embedded object store. */
export class FileStorage implements TestStorage {
  readonly kind = 'filesystem';
  readonly mediaOrigin = undefined;
  private readonly objects: string;

  private constructor(private readonly directory: string) {
    this.objects = join(directory, 'objects');
  }

  static async open(): Promise<FileStorage> {
    return new FileStorage(await mkdtemp(join(tmpdir(), 'tams-storage-')));
  }

  get environment(): Record<string, string> {
    return { DATA_DIR: this.directory };
  }

  get settings(): Record<string, unknown> {
    return { type: 'filesystem', directory: this.objects };
  }

  has(objectId: string): Promise<boolean> {
    const name = createHash('sha256').update(objectId).digest('hex');
    return Promise.resolve(existsSync(join(this.objects, name.slice(0, 2), name.slice(2, 4), name)));
  }

  async count(): Promise<number> {
    const entries = await readdir(this.objects, { recursive: true, withFileTypes: true });
    const unfinished = join(this.objects, 'incoming');
    return entries.filter((entry) => entry.isFile() && entry.parentPath !== unfinished).length;
  }

  async unfinished(): Promise<number> {
    return (await readdir(join(this.objects, 'incoming'))).length;
  }

  async cut(): Promise<void> {
    await rename(this.objects, `${this.objects}-away`);
    await writeFile(this.objects, '');
  }

  async mend(): Promise<void> {
    await rm(this.objects);
    await rename(`${this.objects}-away`, this.objects);
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
