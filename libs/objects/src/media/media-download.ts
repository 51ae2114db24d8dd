import { ReadStream } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified, rangeOf } from './conditional-request';
import type { MediaNames } from './media-names';
import { metrics, observeStorage } from '@tams/telemetry';
import { type FilesystemBackend, type ObjectFile, ObjectNotStoredError, type SignedMedia } from '@tams/storage';

/** What is asked for, and by what right. */
export interface Download {
  readonly backend: FilesystemBackend;
  readonly objectId: string;
  /** What the URL's signature says; absent for a plain request. */
  readonly signed: SignedMedia | undefined;
  readonly names: MediaNames;
}

/**
 * Answers GET and HEAD of an object: whole, a range, or not modified (RFC 9110).
 * @throws {ObjectNotStoredError} @throws {PreconditionFailedError} @throws {RangeNotSatisfiableError}
 */
export async function sendObject(
  download: Download,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { backend, objectId } = download;
  const { id } = backend.details;
  const file = await observeStorage('read', id, () => backend.open(objectId));
  if (!file) throw new ObjectNotStoredError();
  try {
    const sent = metrics.mediaBytes.series({ direction: 'out', storage_backend: id });
    return await sendFile(file, download, request, reply, sent);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function sendFile(
  file: ObjectFile,
  { objectId, signed, names }: Download,
  request: FastifyRequest,
  reply: FastifyReply,
  sent: { add(bytes: number): void },
): Promise<FastifyReply> {
  const unmodified = isNotModified(request.headers, file);
  const range = request.method === 'GET' && !unmodified ? rangeOf(request.headers, file) : undefined;
  void reply.headers({
    ETag: file.entityTag,
    'Last-Modified': file.modified.toUTCString(),
    'Accept-Ranges': 'bytes',
    'Cache-Control': cacheControl(signed),
  });
  if (unmodified) {
    await file.close();
    return reply.status(304).send();
  }
  const length = range ? range.end - range.start + 1 : file.sizeBytes;
  void reply.headers({
    'Content-Type': file.contentType,
    'Content-Length': length,
    'Repr-Digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
  });
  if (!range && !isPlayer(request)) {
    void reply.header('Content-Disposition', await names.contentDisposition(objectId, file.contentType));
  }
  if (request.method === 'HEAD') {
    await file.close();
    return reply.send();
  }
  if (range) void reply.status(206).header('Content-Range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`);
  const stream = await file.stream(range);
  // Those of a client that left before the end count as well.
  stream.once('close', () => {
    if (stream instanceof ReadStream) sent.add(stream.bytesRead);
  });
  return reply.send(stream);
}

/** Whether a page fetches media to play it, as browsers say; what is saved under a name is opened as a document, or by a tool. */
function isPlayer({ headers }: FastifyRequest): boolean {
  const destination = headers['sec-fetch-dest'];
  return destination !== undefined && destination !== 'document';
}

/** A signed URL is good for as long as it is valid; a plain one stands for a permission that is checked each time. */
function cacheControl(signed: SignedMedia | undefined): string {
  if (!signed) return 'private, no-cache';
  return `private, max-age=${Math.max(0, Math.floor(signed.expires - Date.now() / 1000))}, immutable`;
}
