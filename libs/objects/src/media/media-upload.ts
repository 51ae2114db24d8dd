import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { BadRequestError, type Connection, type Database, ForbiddenError, NotFoundError } from '@tams/platform';
import type { FilesystemBackend, ObjectTrailer, ReceivedObject, SignedMedia } from '@tams/storage';
import { metrics } from '@tams/telemetry';
import { type AllocatedObject, findAllocatedObject, recordBytes } from './allocated-object.repository';
import { IntegrityChecks } from './integrity-checks';

/** One PUT of an object. */
export interface UploadRequest {
  readonly backend: FilesystemBackend;
  readonly objectId: string;
  readonly headers: IncomingHttpHeaders;
  /** What the signature covers; absent for a plain request. */
  readonly signed: SignedMedia | undefined;
  readonly body: Readable;
  /** Called once the request is known to be good, before its first byte is read (`Expect: 100-continue`). */
  readonly onAccepted: () => void;
}

/** The object was never allocated on this backend, or was deleted (404). */
export class ObjectNotAllocatedError extends NotFoundError {
  constructor() {
    super(
      'object-not-allocated',
      'No object of this identifier is allocated on this storage backend; POST /flows/{flowId}/storage allocates one.',
    );
  }
}

/** Segments use the object's bytes, which therefore never change again (403). */
export class ObjectInUseError extends ForbiddenError {
  constructor() {
    super('object-in-use', 'The object is registered and its content can no longer be replaced; allocate a new one.');
  }
}

/** The upload has another content type than was allocated and signed (403). */
export class ContentTypeMismatchError extends ForbiddenError {
  constructor(expected: string, given: string | undefined) {
    super(
      'media-content-type-mismatch',
      `The upload must be sent with \`Content-Type: ${expected}\`, not ${given ?? 'without one'}.`,
    );
  }
}

/** The URL was asked for with a checksum, and the upload has none or another (403). */
export class AnnouncedChecksumError extends ForbiddenError {
  constructor(name: string, value: string) {
    super('media-checksum-missing', `The upload must be sent with \`${name}: ${value}\`, as put_url.headers says.`);
  }
}

/** The client stopped sending, or closed the connection, before the upload was complete (400; nobody may read it). */
export class UploadIncompleteError extends BadRequestError {
  constructor(cause: unknown) {
    super('upload-incomplete', 'The upload ended before it was complete, and nothing of it was kept; upload again.', {
      cause,
    });
  }
}

/** Receives uploads for the embedded object store: whole or not at all, and never over bytes that a segment uses. */
export class MediaUploads {
  /** @param idleSeconds how long a client may send nothing before the connection is closed */
  constructor(
    private readonly database: Database,
    private readonly idleSeconds: number,
  ) {}

  /** Stores the upload. @returns what is now stored */
  async receive(upload: UploadRequest): Promise<ObjectTrailer> {
    const { backend, objectId } = upload;
    refusePartsAndCodings(upload.headers);
    const contentType = await this.permit(this.database, upload, false);
    requireSignedChecksum(upload);
    const checks = IntegrityChecks.from(upload.headers);
    upload.onAccepted();
    const taken = metrics.mediaBytes.series({ direction: 'in', storage_backend: backend.details.id });
    const content = checked(endingWhenIdle(upload.body, this.idleSeconds), checks, taken);
    const length = upload.headers['content-length'];
    const accept = async (received: ReceivedObject): Promise<ObjectTrailer> => {
      checks.verify();
      await this.keep(upload, received);
      metrics.objects.series({ stage: 'uploaded' }).add();
      return received.trailer;
    };
    return backend.receive(objectId, content, contentType, accept, length === undefined ? undefined : Number(length));
  }

  /** Under the object's row lock, so that it cannot be registered between the check and the replacement. */
  private keep(upload: UploadRequest, { trailer, keep }: ReceivedObject): Promise<void> {
    const replace = async (connection: Connection): Promise<void> => {
      await this.permit(connection, upload, true, trailer);
      await recordBytes(connection, upload.objectId, upload.backend.details.id, trailer);
      await keep();
    };
    return this.database.transaction(replace, { waitsOutside: true });
  }

  private async permit(
    connection: Connection,
    upload: UploadRequest,
    lock: boolean,
    received?: ObjectTrailer,
  ): Promise<string> {
    const { backend, objectId } = upload;
    const object = await findAllocatedObject(connection, objectId, backend.details.id, lock);
    if (!object) throw new ObjectNotAllocatedError();
    const contentType = requireContentType(object, upload);
    if (object.role !== null && received && !restores(object, received)) throw new ObjectInUseError();
    if (object.role !== null && (await backend.has(objectId))) throw new ObjectInUseError();
    return contentType;
  }
}

/** Segments use an object: bytes that were lost are taken again, and no others; where none ever came, the first are. */
function restores(object: AllocatedObject, { sizeBytes, sha256 }: ObjectTrailer): boolean {
  if (object.size_bytes !== null && Number(object.size_bytes) !== sizeBytes) return false;
  return object.sha256 === null || object.sha256 === sha256;
}

/** As S3: a URL that was signed for a checksum takes no upload without it, nor with another. */
function requireSignedChecksum({ headers, signed }: UploadRequest): void {
  if (!signed?.checksum) return;
  const separator = signed.checksum.indexOf(':');
  const [name, value] = [signed.checksum.slice(0, separator), signed.checksum.slice(separator + 1)];
  if (headers[name] !== value) throw new AnnouncedChecksumError(name, value);
}

function requireContentType(object: AllocatedObject, { headers, signed }: UploadRequest): string {
  const given = headers['content-type'];
  const expected = object.content_type ?? 'application/octet-stream';
  const matches = (type: string | undefined): boolean => type?.trim().toLowerCase() === expected.toLowerCase();
  if (!matches(given) || (signed && !matches(signed.contentType))) {
    throw new ContentTypeMismatchError(expected, given);
  }
  return expected;
}

function refusePartsAndCodings(headers: IncomingHttpHeaders): void {
  if (headers['content-range'] !== undefined) {
    throw new BadRequestError('partial-upload', 'An object is uploaded whole: `Content-Range` is not supported.');
  }
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') {
    throw new BadRequestError(
      'content-encoding-unsupported',
      'Objects are stored as they are: send the bytes without `Content-Encoding`.',
    );
  }
}

async function* checked(
  content: AsyncIterable<Uint8Array>,
  checks: IntegrityChecks,
  taken: { add(bytes: number): void },
): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    checks.update(bytes);
    taken.add(bytes.length);
    yield bytes;
  }
}

/** Passes a request body on; leaves the connection open when the reader stops early, so that it can still be answered. */
async function* endingWhenIdle(body: Readable, seconds: number): AsyncGenerator<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Error(`nothing was sent for ${seconds} seconds`)), seconds * 1000);
  try {
    for await (const bytes of body.iterator({ destroyOnReturn: false })) {
      timer.refresh();
      yield bytes as Uint8Array;
      timer.refresh();
    }
  } catch (error) {
    throw new UploadIncompleteError(error);
  } finally {
    clearTimeout(timer);
  }
}
