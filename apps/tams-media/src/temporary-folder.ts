import { open, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from './outgest/file-target';
import { writeFailure } from './outgest/output-file';

/** A folder for what does not fit in memory, made when it is first needed. */
export class TemporaryFolder {
  private folder: Promise<string> | undefined;
  private count = 0;

  /**
   * Has a new file written, and removes it again where that fails.
   * @param write writes the file of this path
   * @throws Failure where the disk refuses it, or what `write` throws otherwise
   */
  async file<T>(write: (path: string) => Promise<T>): Promise<T> {
    let path: string | undefined;
    try {
      path = await this.path();
      return await write(path);
    } catch (error) {
      if (path !== undefined) await rm(path, { force: true });
      throw writeFailure(error, `A temporary file in ${tmpdir()}`, 'name a folder with more room in TMPDIR');
    }
  }

  /** Writes chunks to a new file. @returns its path @throws Failure where the disk refuses it */
  holding(chunks: AsyncIterable<Uint8Array>): Promise<string> {
    return this.file(async (path) => {
      const file = await open(path, 'w');
      try {
        for await (const chunk of chunks) await writeWhole(file, chunk, null);
      } finally {
        await file.close();
      }
      return path;
    });
  }

  /** Removes everything. */
  async dispose(): Promise<void> {
    // A folder that could not be made was told to whoever needed it.
    const folder = await this.folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  private async path(): Promise<string> {
    this.folder ??= mkdtemp(join(tmpdir(), 'tams-media-'));
    this.count += 1;
    return join(await this.folder, String(this.count));
  }
}
