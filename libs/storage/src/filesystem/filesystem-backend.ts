import type { Readable } from 'node:stream';
import { NotFoundError, UnavailableError } from '@tams/platform';
import { URL_GRACE_SECONDS } from '../backends/url-grace';
import type {
  BackendHealth,
  BackendUrl,
  ByteRange,
  GetUrlOptions,
  ListedObject,
  PutRequest,
  PutRequestOptions,
  StorageBackend,
  StorageBackendDetails,
  StoredObject,
} from '../backends/storage-backend';
import { checksumHeaderOf, checksumHeaders } from '../backends/upload-checksum';
import { StorageUse } from '@tams/telemetry';
import type { DiskSpace } from './disk-space';
import type { IncomingFile } from './incoming-file';
import type { MediaUrls } from './media-urls';
import type { ObjectFile } from './object-file';
import type { ObjectFiles } from './object-files';
import type { ObjectTrailer } from './object-trailer';

/** Download URLs made within the same minute are equal, so that browsers and proxies can cache what they read. */
const EXPIRY_STEP_SECONDS = 60;
const CHECK_TIMEOUT_MILLISECONDS = 5_000;

/** Errors of the operating system that mean the disk, not the request, is at fault. */
const diskFailures = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'EMFILE',
  'ENFILE',
  'EACCES',
  'EPERM',
  'ESTALE',
  'ENOTDIR',
]);

/** An upload that is complete and durable, but not yet the object. */
export interface ReceivedObject {
  readonly trailer: ObjectTrailer;
  /** Makes it the object; safe to call again. */
  readonly keep: () => Promise<void>;
}

/** What is written to disk, and who takes it then. */
interface Incoming<Result> {
  readonly use: StorageUse;
  readonly objectId: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  readonly accept: (received: ReceivedObject) => Promise<Result>;
  readonly expectedBytes: number | undefined;
}

/** The embedded object store: files in a directory of this machine, served by this server itself. */
export class FilesystemBackend implements StorageBackend {
  /** Files are named by a hash of the identifier. */
  readonly listsInOrder = false;
  /** The routes of media look names up when they are asked. */
  readonly urlsNameMedia = false;

  /**
   * @param getUrlSeconds how long download URLs stay valid at least
   */
  constructor(
    readonly details: StorageBackendDetails,
    readonly urls: MediaUrls,
    private readonly files: ObjectFiles,
    private readonly getUrlSeconds: number,
    private readonly space: DiskSpace,
  ) {}

  putRequest(options: PutRequestOptions): PutRequest {
    const { objectId, contentType, presigned, baseUrl, expiresInSeconds, checksum: announced } = options;
    const storageId = this.details.id;
    const checksum = announced ? checksumHeaderOf(announced).join(':') : '';
    const expires = Math.ceil(Date.now() / 1000) + expiresInSeconds + URL_GRACE_SECONDS;
    const plain = this.urls.plain(baseUrl, storageId, objectId);
    const url = presigned
      ? this.urls.signed(plain, { operation: 'PUT', storageId, objectId, contentType, checksum }, expires)
      : plain;
    return { url, 'content-type': contentType, ...checksumHeaders(announced) };
  }

  getUrls({ objectId, baseUrl, presigned }: GetUrlOptions): BackendUrl[] {
    const storageId = this.details.id;
    const plain = this.urls.plain(baseUrl, storageId, objectId);
    const urls: BackendUrl[] = [];
    if (presigned !== false) {
      const earliest = Date.now() / 1000 + this.getUrlSeconds + URL_GRACE_SECONDS;
      const expires = Math.ceil(earliest / EXPIRY_STEP_SECONDS) * EXPIRY_STEP_SECONDS;
      const permission = { operation: 'GET', storageId, objectId, contentType: '', checksum: '' } as const;
      urls.push({ url: this.urls.signed(plain, permission, expires), presigned: true });
    }
    if (presigned !== true) urls.push({ url: plain, presigned: false });
    return urls;
  }

  async stat(objectId: string): Promise<StoredObject | undefined> {
    const file = await this.open(objectId);
    if (!file) return undefined;
    await file.close();
    return { sizeBytes: file.sizeBytes, contentType: file.contentType, sha256: file.sha256 };
  }

  async openRead(objectId: string, range?: ByteRange): Promise<Readable> {
    const file = await this.open(objectId);
    if (!file) throw new ObjectNotStoredError();
    return file.stream(range);
  }

  async write(objectId: string, content: Readable, contentType: string): Promise<StoredObject> {
    // Measured by whoever calls it; see `ObservedBackend`.
    const unmeasured = new StorageUse('write', this.details.id);
    const accept = async ({ trailer, keep }: ReceivedObject): Promise<StoredObject> => {
      await keep();
      return { sizeBytes: trailer.sizeBytes, contentType, sha256: trailer.sha256 };
    };
    return this.store({ use: unmeasured, objectId, content, contentType, accept, expectedBytes: undefined });
  }

  /** Any identifier will do: files are named by a hash of it. */
  requireStorable(): void {
    return undefined;
  }

  /** Files are copied through the server, which verifies them on their way. */
  canCopyFrom(): boolean {
    return false;
  }

  copyFrom(): Promise<StoredObject> {
    return Promise.reject(new Error('The embedded object store does not copy by itself; read and write instead.'));
  }

  async *list(): AsyncGenerator<ListedObject> {
    const listing = this.files.list();
    for (;;) {
      const next: IteratorResult<ListedObject, undefined> = await onDisk(() => listing.next());
      if (next.done) return;
      yield next.value;
    }
  }

  abandonUploads(before: Date): Promise<number> {
    return onDisk(() => this.files.removeAbandoned(before));
  }

  async delete(objectId: string): Promise<void> {
    await onDisk(() => this.files.delete(objectId));
  }

  async check(): Promise<BackendHealth> {
    const started = performance.now();
    const latency = (): number => performance.now() - started;
    try {
      await withinTime(this.files.probe(), CHECK_TIMEOUT_MILLISECONDS);
      const latencyMilliseconds = latency();
      return { available: true, latencyMilliseconds, space: await this.files.space() };
    } catch (error) {
      return { available: false, latencyMilliseconds: latency(), problem: (error as Error).message };
    }
  }

  /** Opens an object with all that HTTP wants to know; the caller closes it. `undefined` when there is none. */
  open(objectId: string): Promise<ObjectFile | undefined> {
    return onDisk(() => this.files.read(objectId));
  }

  /** Whether an object's bytes are here. */
  has(objectId: string): Promise<boolean> {
    return onDisk(() => this.files.has(objectId));
  }

  /**
   * Writes a stream to a file of its own, in constant memory, and hands it to `accept` once it is complete and durable.
   * Unless that keeps it, nothing remains.
   * @param expectedBytes how long the stream is said to be
   * @throws {StorageFullError} {@link ObjectTooLargeError}
   */
  async receive<Result>(
    objectId: string,
    content: AsyncIterable<Uint8Array>,
    contentType: string,
    accept: (received: ReceivedObject) => Promise<Result>,
    expectedBytes?: number,
  ): Promise<Result> {
    const use = new StorageUse('write', this.details.id);
    try {
      return await this.store({ use, objectId, content, contentType, accept, expectedBytes });
    } finally {
      use.end();
    }
  }

  private async store<Result>(incoming: Incoming<Result>): Promise<Result> {
    const { use, objectId, content, contentType, accept, expectedBytes } = incoming;
    const spend = <Piece>(work: () => Promise<Piece>): Promise<Piece> => use.spend(() => onDisk(work));
    const admitted = await spend(() => this.space.admit(expectedBytes));
    const file = await spend(() => this.files.create());
    try {
      for await (const bytes of content) {
        await spend(async () => {
          await admitted(bytes.byteLength);
          await file.append(bytes);
        });
      }
      const trailer = await spend(() => file.finish(objectId, contentType));
      return await accept({ trailer, keep: this.keepOnce(file, objectId) });
    } finally {
      await file.discard();
    }
  }

  private keepOnce(file: IncomingFile, objectId: string): () => Promise<void> {
    let kept = false;
    return async () => {
      if (!kept) await onDisk(() => this.files.promote(file, objectId));
      kept = true;
    };
  }
}

/** Nothing was uploaded under this identifier (404). */
export class ObjectNotStoredError extends NotFoundError {
  constructor() {
    super('object-not-stored', 'Nothing has been uploaded under this object identifier yet, or it was deleted.');
  }
}

async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !diskFailures.has(code)) throw error;
    throw new UnavailableError(
      'storage-unavailable',
      'The object store of this server cannot read or write just now; try again later.',
      {
        cause: new Error(`Embedded object store: ${message}`, { cause: error }),
      },
    );
  }
}

async function withinTime(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
