import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { encodeTrailer, type ObjectTrailer } from './object-trailer';

/** An upload in progress: bytes in a file of their own that nobody can read yet. Finish it or discard it. */
export class IncomingFile {
  private sizeBytes = 0;
  private readonly sha256: Hash = createHash('sha256');

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string): Promise<IncomingFile> {
    return new IncomingFile(path, await open(path, 'wx', 0o640));
  }

  /** Adds bytes; resolves when the operating system has them, so that a fast sender waits for the disk. */
  async append(bytes: Uint8Array): Promise<void> {
    this.sha256.update(bytes);
    await writeAll(this.handle, bytes);
    this.sizeBytes += bytes.byteLength;
  }

  /** Writes what is known about the object behind its bytes and makes the file durable. */
  async finish(objectId: string, contentType: string): Promise<ObjectTrailer> {
    const trailer = { objectId, contentType, sizeBytes: this.sizeBytes, sha256: this.sha256.digest('hex') };
    await writeAll(this.handle, encodeTrailer(trailer));
    await this.handle.sync();
    await this.handle.close();
    return trailer;
  }

  /** Removes the file, whatever state it is in; nothing happens when it became an object. */
  async discard(): Promise<void> {
    await this.handle.close();
    try {
      await unlink(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** A write may take fewer bytes than given, on a full disk for example. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength;) {
    const { bytesWritten } = await handle.write(bytes, offset);
    offset += bytesWritten;
  }
}
