import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from '../backends/storage-backend';
import { decodeTrailer, type ObjectTrailer, TRAILER_WINDOW_BYTES } from './object-trailer';

const READ_CHUNK_BYTES = 64 * 1024;

/** An object opened for reading: it stays what it is, even when the object is replaced or removed meanwhile. */
export class ObjectFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly trailer: ObjectTrailer,
    /** When the upload was complete. */
    readonly modified: Date,
  ) {}

  /** @throws {ObjectFileDamagedError} when the file is not a complete object */
  static async open(path: string): Promise<ObjectFile> {
    const handle = await open(path, 'r');
    try {
      const { size, mtime } = await handle.stat();
      const windowBytes = Math.min(size, TRAILER_WINDOW_BYTES);
      const { buffer, bytesRead } = await handle.read(
        Buffer.allocUnsafe(windowBytes),
        0,
        windowBytes,
        size - windowBytes,
      );
      return new ObjectFile(handle, decodeTrailer(buffer.subarray(0, bytesRead), size), mtime);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get objectId(): string {
    return this.trailer.objectId;
  }

  /** Of the bytes, hexadecimal. */
  get sha256(): string {
    return this.trailer.sha256;
  }

  get sizeBytes(): number {
    return this.trailer.sizeBytes;
  }

  get contentType(): string {
    return this.trailer.contentType;
  }

  /** Strong entity tag, with its quotes. */
  get entityTag(): string {
    return entityTagOf(this.trailer);
  }

  /** Streams the bytes, or a range within them, and closes the file at the end or when the stream is destroyed. */
  async stream(range: ByteRange = { start: 0, end: this.sizeBytes - 1 }): Promise<Readable> {
    if (range.end < range.start) {
      await this.close();
      return Readable.from([]);
    }
    return this.handle.createReadStream({ ...range, highWaterMark: READ_CHUNK_BYTES });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Strong entity tag of an object: its SHA-256, with quotes. */
export function entityTagOf(object: { readonly sha256: string }): string {
  return `"${object.sha256}"`;
}
