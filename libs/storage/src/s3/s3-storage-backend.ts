import { type Readable, Transform } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, HeadBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { URL_GRACE_SECONDS } from '../backends/url-grace';
import type {
  BackendHealth,
  BackendUrl,
  ByteRange,
  GetUrlOptions,
  ListedObject,
  ListedPage,
  PutRequest,
  PutRequestOptions,
  StorageBackend,
  StorageBackendDetails,
  StoredObject,
} from '../backends/storage-backend';
import { checksumHeaders } from '../backends/upload-checksum';
import { ObjectNotStoredError } from '../filesystem/filesystem-backend';
import { S3Calls, type S3Observer } from './s3-calls';
import type { S3Clients, S3TimeLimits } from './s3-clients';
import { copyObject, type CopySizes, usualCopySizes } from './s3-copy';
import { abandonUploads, listAfter, type ListedBucket, listObjects } from './s3-listing';
import type { S3Presigner } from './s3-presigner';
import { checkBucket, type StartFinding } from './s3-start-check';
import { ObjectIdNotStorableError, PresignedOnlyError, S3UnavailableError } from './s3.errors';
import type { SigningCredentials } from './signing-credentials';

/** Bytes of a part of a large upload. S3 takes 10,000 parts: objects may have 156 GiB. */
const PART_BYTES = 16 * 1024 * 1024;
/** Parts in memory at a time, beside the one being filled. */
const PARTS_AT_A_TIME = 2;
/** Longest key S3 takes, in bytes of UTF-8. */
const MAXIMUM_KEY_BYTES = 1024;
const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/** What an S3 backend works with. */
export interface S3StorageBackendOptions {
  readonly details: StorageBackendDetails;
  readonly bucket: string;
  /** Where the server reaches the store; absent for AWS. */
  readonly endpoint: string | undefined;
  readonly clients: S3Clients;
  readonly limits: S3TimeLimits;
  readonly presigner: S3Presigner;
  readonly credentials: SigningCredentials;
  /** URLs without a signature; absent when there are to be none. */
  readonly plainUrl?: ((objectId: string) => string) | undefined;
  /** How long download URLs stay valid at least. */
  readonly getUrlSeconds: number;
  readonly copySizes?: CopySizes;
  readonly observe?: S3Observer | undefined;
}

/** A bucket of an S3 store. The object identifier is the key; clients reach the store itself, by presigned URLs. */
export class S3StorageBackend implements StorageBackend {
  readonly details: StorageBackendDetails;
  readonly listsInOrder = true;
  readonly urlsNameMedia = true;
  private readonly calls: S3Calls;
  private readonly name: string;

  constructor(private readonly options: S3StorageBackendOptions) {
    this.details = options.details;
    this.name = `storage backend ${options.details.label ?? options.details.id}`;
    this.calls = new S3Calls(this.name, options.observe);
  }

  /** @throws {BadRequestError} `presigned-only`, `object-id-not-storable` */
  putRequest({ objectId, contentType, presigned, expiresInSeconds, checksum }: PutRequestOptions): PutRequest {
    const { plainUrl } = this.options;
    if (!presigned && !plainUrl) throw new PresignedOnlyError();
    refuseUnstorable(objectId);
    const said = { 'content-type': contentType, ...checksumHeaders(checksum) };
    if (!presigned && plainUrl) return { url: plainUrl(objectId), ...said };
    const keys = this.options.credentials.current();
    if (!keys) throw new S3UnavailableError(`${this.name}: there are no credentials to sign with`, undefined);
    const url = this.options.presigner.presign(
      {
        method: 'PUT',
        key: objectId,
        contentType,
        checksum,
        expiresInSeconds: expiresInSeconds + URL_GRACE_SECONDS,
        signingDate: new Date(),
      },
      keys,
    );
    return { url, ...said };
  }

  /** No presigned one while there are no credentials to sign with: the object's other instances stay readable. */
  getUrls({ objectId, presigned, contentDisposition }: GetUrlOptions): BackendUrl[] {
    const { plainUrl, credentials, getUrlSeconds, presigner } = this.options;
    const urls: BackendUrl[] = [];
    const keys = presigned === false ? undefined : credentials.current();
    if (keys) {
      const expiresInSeconds = getUrlSeconds + URL_GRACE_SECONDS;
      const request = { key: objectId, expiresInSeconds, contentDisposition, signingDate: new Date() };
      urls.push({ url: presigner.presign({ method: 'GET', ...request }, keys), presigned: true });
    }
    if (plainUrl && presigned !== true) urls.push({ url: plainUrl(objectId), presigned: false });
    return urls;
  }

  async stat(objectId: string): Promise<StoredObject | undefined> {
    const found = await this.head(objectId);
    return found && { sizeBytes: found.sizeBytes, contentType: found.contentType };
  }

  async openRead(objectId: string, range?: ByteRange): Promise<Readable> {
    const command = new GetObjectCommand({
      Bucket: this.options.bucket,
      Key: objectId,
      ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
    });
    const answer = await this.calls.runIfPresent('GetObject', this.options.limits.call, (options) =>
      this.options.clients.transfers.send(command, options),
    );
    if (!answer?.Body) throw new ObjectNotStoredError();
    return answer.Body as Readable;
  }

  async write(objectId: string, content: Readable, contentType: string): Promise<StoredObject> {
    refuseUnstorable(objectId);
    let sizeBytes = 0;
    let sourceError: Error | undefined;
    const counted = new Transform({
      transform: (bytes: Buffer, _encoding, done) => {
        sizeBytes += bytes.byteLength;
        done(null, bytes);
      },
    });
    content.once('error', (error) => {
      sourceError = error;
      counted.destroy(error);
    });
    content.once('close', () => {
      if (!content.readableEnded) counted.destroy(new Error('The source ended before it was complete.'));
    });
    const upload = new Upload({
      client: this.options.clients.transfers,
      partSize: PART_BYTES,
      queueSize: PARTS_AT_A_TIME,
      params: {
        Bucket: this.options.bucket,
        Key: objectId,
        ContentType: contentType,
        Body: content.pipe(counted),
      },
    });
    try {
      // Each part has its own limit; the whole takes as long as the source does.
      await this.calls.run('Upload', undefined, () => upload.done());
    } catch (error) {
      throw sourceError ?? error;
    } finally {
      content.destroy();
    }
    return { sizeBytes, contentType };
  }

  requireStorable(objectId: string): void {
    refuseUnstorable(objectId);
  }

  async delete(objectId: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.options.bucket, Key: objectId });
    await this.calls.runIfPresent('DeleteObject', this.options.limits.call, (options) =>
      this.options.clients.calls.send(command, options),
    );
  }

  async check(): Promise<BackendHealth> {
    const started = performance.now();
    const latency = (): number => performance.now() - started;
    try {
      await this.calls.run('HeadBucket', this.options.limits.check, (options) =>
        this.options.clients.calls.send(new HeadBucketCommand({ Bucket: this.options.bucket }), options),
      );
      return { available: true, latencyMilliseconds: latency() };
    } catch (error) {
      const { cause } = error as S3UnavailableError;
      return { available: false, latencyMilliseconds: latency(), problem: (cause as Error).message };
    }
  }

  /** Walks everything in the bucket in the order of the keys, with constant memory. */
  list(): AsyncGenerator<ListedObject> {
    return listObjects(this.listed());
  }

  listAfter(text: string, count: number): Promise<ListedPage> {
    return listAfter(this.listed(), text, count);
  }

  /** Frees what uploads left that were begun before a moment and never completed. @returns how many there were */
  abandonUploads(before: Date): Promise<number> {
    return abandonUploads(this.listed(), before);
  }

  /** Whether the store can copy from that backend by itself: both are buckets of one store, seen with the same keys. */
  canCopyFrom(source: StorageBackend): source is S3StorageBackend {
    if (!(source instanceof S3StorageBackend) || source.options.endpoint !== this.options.endpoint) return false;
    const own = this.options.credentials.current();
    return own !== undefined && own.accessKeyId === source.options.credentials.current()?.accessKeyId;
  }

  /**
   * Has the store copy an object from another of its buckets; no byte passes through this server.
   * @throws {NotFoundError} `object-not-stored`
   */
  async copyFrom(source: S3StorageBackend, objectId: string): Promise<StoredObject> {
    const found = await source.head(objectId);
    if (!found) throw new ObjectNotStoredError();
    const { bucket, clients, copySizes = usualCopySizes } = this.options;
    const from = { ...found, bucket: source.options.bucket, key: objectId };
    await this.calls.run('CopyObject', undefined, () =>
      copyObject(clients.transfers, from, { bucket, key: objectId }, copySizes),
    );
    return { sizeBytes: found.sizeBytes, contentType: found.contentType };
  }

  /** Whether the store answers, takes the credentials, has the bucket and lets browsers in. Never rejects. */
  checkAtStart(): Promise<readonly StartFinding[]> {
    const { bucket, endpoint } = this.options;
    return checkBucket({ ...this.listed(), name: this.name, bucket, endpoint });
  }

  /** Ends connections and the renewal of credentials. */
  close(): void {
    this.options.credentials.stop();
    this.options.clients.calls.destroy();
    this.options.clients.transfers.destroy();
  }

  private listed(): ListedBucket {
    const { clients, bucket, limits } = this.options;
    return { client: clients.calls, bucket, calls: this.calls, limitMilliseconds: limits.call };
  }

  private async head(objectId: string): Promise<(StoredObject & { readonly etag: string | undefined }) | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.options.bucket, Key: objectId });
    const found = await this.calls.runIfPresent('HeadObject', this.options.limits.call, (options) =>
      this.options.clients.calls.send(command, options),
    );
    if (!found) return undefined;
    const { ContentLength: sizeBytes, ContentType: contentType = DEFAULT_CONTENT_TYPE, ETag: etag } = found;
    // A proxy that compresses takes it away. That is no size, and least of all none.
    if (sizeBytes === undefined)
      throw new S3UnavailableError(`${this.name}: HeadObject was answered without Content-Length`, undefined);
    return { sizeBytes, contentType, etag };
  }
}

/** Identifiers that cannot be keys, or whose URL every HTTP client would change. */
function refuseUnstorable(objectId: string): void {
  if (Buffer.byteLength(objectId) > MAXIMUM_KEY_BYTES) {
    throw new ObjectIdNotStorableError(`is longer than ${MAXIMUM_KEY_BYTES} bytes in UTF-8`);
  }
  if (!objectId.isWellFormed() || objectId.includes('\0')) {
    throw new ObjectIdNotStorableError('contains a NUL or half a surrogate pair');
  }
  if (objectId.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new ObjectIdNotStorableError('has a path segment "." or "..", which URLs cannot carry');
  }
}
