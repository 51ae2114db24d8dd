import { HttpException } from '@nestjs/common';
import {
  BadRequestError,
  DomainError,
  type DomainErrorOptions,
  type ErrorKind,
  NotFoundError,
  UnavailableError,
} from './domain-error';

/** A fault of ours. Its message is for the log alone; clients read a fixed sentence and the correlation id. */
export class InternalError extends DomainError {
  constructor(cause: unknown) {
    super('internal-error', 'internal', 'error', 'The server failed to handle this request; its log has the details.', {
      cause,
    });
  }
}

/** An error raised by the HTTP layer itself (routing, parsing, limits). */
class HttpLayerError extends DomainError {
  constructor(code: string, kind: ErrorKind, message: string, options?: DomainErrorOptions) {
    super(code, kind, 'info', message, options);
  }
}

const fastifyErrors: Record<string, () => DomainError> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new BadRequestError('not-json', 'The body must be JSON, sent with `Content-Type: application/json`.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new BadRequestError('content-length-mismatch', 'The body is shorter or longer than Content-Length said.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new HttpLayerError(
      'body-too-large',
      'too-large',
      'The body is larger than this server accepts; send fewer items per request.',
    ),
  FST_ERR_BAD_URL: () =>
    new NotFoundError('unknown-path', 'No resource can have this address: it is not validly percent-encoded.'),
  FST_STATIC_FORBIDDEN_PATH: () => new NotFoundError('unknown-path', 'There is no such resource.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new NotFoundError('unknown-path', 'No resource has so long an identifier.'),
  FST_ERR_ASYNC_CONSTRAINT: () => new NotFoundError('unknown-path', 'There is no such resource.'),
};

/**
 * Turns whatever was thrown into a domain error; what nobody foresaw becomes an {@link InternalError}. The only place
 * that knows the errors of Nest and Fastify; those of the database are translated where they arise (`databaseFailure`).
 */
export function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (thrown instanceof HttpException) return fromHttpException(thrown);
  const code = codeOf(thrown);
  const message = Error.isError(thrown) ? thrown.message : String(thrown);
  const known = fastifyErrors[code];
  if (known) return known();
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return new BadRequestError('bad-request', message);
  return new InternalError(thrown);
}

function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function fromHttpException(exception: HttpException): DomainError {
  switch (exception.getStatus()) {
    case 404:
      return new NotFoundError(
        'unknown-path',
        'There is no such resource; GET / and /openapi.json list what there is.',
      );
    case 403:
      return new HttpLayerError('forbidden', 'forbidden', exception.message);
    case 401:
      return new HttpLayerError('unauthenticated', 'unauthenticated', exception.message);
    case 413:
      return new HttpLayerError('body-too-large', 'too-large', exception.message);
    case 429:
      return new HttpLayerError('rate-limited', 'rate-limited', exception.message);
    case 503:
      return new UnavailableError('unavailable', exception.message, { cause: exception });
    default:
      return exception.getStatus() < 500
        ? new BadRequestError('bad-request', exception.message)
        : new InternalError(exception);
  }
}
