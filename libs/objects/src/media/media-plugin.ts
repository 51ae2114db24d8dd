import type { IncomingMessage } from 'node:http';
import { ForbiddenError, NotFoundError, sendProblem, toDomainError } from '@tams/platform';
import {
  entityTagOf,
  FilesystemBackend,
  MEDIA_PATH,
  type MediaOperation,
  objectIdOf,
  type SignedMedia,
  type StorageBackends,
  unobserved,
} from '@tams/storage';
import { loggerFor } from '@tams/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ExpectedContinues } from './expect-continue';
import { sendObject } from './media-download';
import type { MediaNames } from './media-names';
import type { MediaUploads } from './media-upload';
import type { PlainMediaAccess } from './plain-media-access';

/** What the media routes work with. */
export interface MediaPluginOptions {
  readonly backends: StorageBackends;
  readonly uploads: MediaUploads;
  readonly access: PlainMediaAccess;
  readonly names: MediaNames;
}

interface MediaRequest {
  readonly backend: FilesystemBackend;
  readonly objectId: string;
  /** What the signature says; absent for a plain request. */
  readonly signed: SignedMedia | undefined;
}

const ROUTE = `${MEDIA_PATH}/:storageId/:mediaObjectId`;
const UPLOAD_PATH = /^\/media\/[^/?]+\/[^/?]+(?:\?|$)/;
/** How long the rest of a refused upload is read and thrown away, so that the client gets to see the answer. */
const DISCARD_MILLISECONDS = 30_000;

/**
 * Headers of every answer: any page may read media with a signed URL, and an uploaded page can run nothing on this
 * server's origin.
 */
const commonHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'ETag, Content-Range, Accept-Ranges, Content-Length, Content-Disposition, Last-Modified, Repr-Digest, X-Correlation-Id',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
};

/**
 * The routes that carry media of the embedded object store: PUT, GET, HEAD and OPTIONS of `/media/{storage}/{object}`.
 * A scope of its own, because media is neither JSON nor small: bodies are streams without a size limit.
 */
export function mediaPlugin(scope: FastifyInstance, options: MediaPluginOptions): Promise<void> {
  const { backends, uploads, access, names } = options;
  const continues = new ExpectedContinues(
    scope.server,
    (request) => request.method === 'PUT' && UPLOAD_PATH.test(request.url ?? ''),
  );
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    (_request: FastifyRequest, body: IncomingMessage, done: (error: null, body: unknown) => void) => {
      done(null, body);
    },
  );
  scope.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(commonHeaders);
    done();
  });
  scope.setErrorHandler(answerError);

  const read = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { backend, objectId, signed } = await admitted(request, 'GET', backends, access);
    return sendObject({ backend, objectId, signed, names }, request, reply);
  };
  const config = { access: 'self-checked' } as const;
  scope.route({ method: 'GET', url: ROUTE, config, exposeHeadRoute: false, handler: read });
  scope.route({ method: 'HEAD', url: ROUTE, config, handler: read });
  scope.route({
    method: 'PUT',
    url: ROUTE,
    config,
    handler: async (request, reply) => {
      const { backend, objectId, signed } = await admitted(request, 'PUT', backends, access);
      const stored = await uploads.receive({
        backend,
        objectId,
        headers: request.headers,
        signed,
        body: request.raw,
        onAccepted: () => {
          continues.proceed(request.raw, reply.raw);
        },
      });
      return reply.header('ETag', entityTagOf(stored)).send();
    },
  });
  scope.route({ method: 'OPTIONS', url: ROUTE, config: { access: 'open' }, handler: answerPreflight });
  return Promise.resolve();
}

async function admitted(
  request: FastifyRequest,
  operation: MediaOperation,
  backends: StorageBackends,
  access: PlainMediaAccess,
): Promise<MediaRequest> {
  const { storageId, mediaObjectId } = request.params as { storageId: string; mediaObjectId: string };
  const found = backends.get(storageId);
  const backend = found && unobserved(found);
  if (!(backend instanceof FilesystemBackend)) {
    // Which storage backends there are is not for everybody to find out.
    await access.admit(request, {
      operation: operation === 'GET' ? 'read' : 'write',
      storageId,
      objectId: mediaObjectId,
    });
    throw new NotFoundError('unknown-storage-backend', 'This server keeps no media on such a storage backend.');
  }
  const objectId = objectIdOf(mediaObjectId);
  // PostgreSQL cannot keep NUL, so no object has such an identifier.
  if (objectId.includes('\0')) throw new ForbiddenError('malformed-object-id', 'No object can have this identifier.');
  const signed = backend.urls.verify(request.query as Record<string, unknown>, { operation, storageId, objectId });
  if (!signed) await access.admit(request, { operation: operation === 'GET' ? 'read' : 'write', storageId, objectId });
  return { backend, objectId, signed };
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wanted = request.headers['access-control-request-headers'];
  return reply
    .headers({
      'Access-Control-Allow-Methods': 'GET, HEAD, PUT',
      'Access-Control-Allow-Headers': wanted ?? '*',
      'Access-Control-Max-Age': '86400',
      Allow: 'GET, HEAD, OPTIONS, PUT',
      Vary: 'Access-Control-Request-Headers',
    })
    .status(204)
    .send();
}

const logger = loggerFor('Media');

function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toDomainError(thrown);
  if (error.severity === 'error') logger.error({ err: error.cause ?? error, problem: error.code }, error.message);
  if (!request.raw.complete) discardRest(request.raw);
  void reply.removeHeader('content-length').header('Cache-Control', 'no-store');
  sendProblem(error, request, reply);
}

/** Reads what a refused client still sends, for a while: closing at once would lose the answer on its way. */
function discardRest(body: IncomingMessage): void {
  const timer = setTimeout(() => body.destroy(), DISCARD_MILLISECONDS);
  timer.unref();
  body.once('close', () => {
    clearTimeout(timer);
  });
  body.resume();
}
