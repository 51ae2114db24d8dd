import { statfs } from 'node:fs/promises';
import { DomainError, UnavailableError } from '@tams/platform';

/** What uploads leave alone on a disk: the larger of the two. */
export interface DiskFloor {
  readonly bytes: number;
  /** Of the whole disk. */
  readonly percent: number;
}

/** Bytes written between two looks at the disk. */
const LOOK_EVERY_BYTES = 8 * 1024 ** 2;
const RETRY_AFTER_SECONDS = 30;

/** So little is free that what is left belongs to the metadata and to the other programs on the disk (503). */
export class StorageFullError extends UnavailableError {
  constructor() {
    super('storage-full', 'The disk of this object store is nearly full: delete something, then upload again.', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/** The object is larger than `MAX_OBJECT_BYTES` (413). */
export class ObjectTooLargeError extends DomainError {
  constructor(largestBytes: number) {
    super('object-too-large', 'too-large', 'info', `An object may have at most ${largestBytes} bytes.`);
  }
}

/** The room for objects on the disk of a directory. */
export class DiskSpace {
  /** @param largestBytes most bytes of one object */
  constructor(
    private readonly directory: string,
    private readonly floor: DiskFloor,
    private readonly largestBytes: number,
  ) {}

  /**
   * Watches over one upload: call the result with each piece before it is written.
   * @param expectedBytes what the client announced, if it did
   * @throws {StorageFullError} {@link ObjectTooLargeError}
   */
  async admit(expectedBytes = 0): Promise<(pieceBytes: number) => Promise<void>> {
    if (expectedBytes > this.largestBytes) throw new ObjectTooLargeError(this.largestBytes);
    await this.requireRoom(expectedBytes);
    let received = 0;
    let looked = 0;
    return async (pieceBytes) => {
      received += pieceBytes;
      if (received > this.largestBytes) throw new ObjectTooLargeError(this.largestBytes);
      if (received - looked < LOOK_EVERY_BYTES) return;
      looked = received;
      await this.requireRoom(0);
    };
  }

  private async requireRoom(comingBytes: number): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(this.directory);
    const floor = Math.max(this.floor.bytes, (blocks * bsize * this.floor.percent) / 100);
    if (bavail * bsize - comingBytes < floor) throw new StorageFullError();
  }
}
