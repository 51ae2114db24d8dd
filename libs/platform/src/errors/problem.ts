import type { DomainError, ErrorKind, FieldError } from './domain-error';

/** Media type of RFC 9457 problem details. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** RFC 9457 problem details as this server writes them. */
export interface Problem {
  /** URN naming the kind of problem, `urn:x-tams:problem:<code>`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Path of the request that failed, without its query: a query may carry secrets. */
  readonly instance: string;
  readonly correlation_id: string;
  readonly errors?: readonly FieldError[];
  /** The text of `detail` again, for clients of older servers. */
  readonly message: string;
}

const statusOfKind: Record<ErrorKind, number> = {
  'bad-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media': 415,
  'range-not-satisfiable': 416,
  'rate-limited': 429,
  unavailable: 503,
  internal: 500,
};

const titleOfStatus: Record<number, string> = {
  400: 'Bad request',
  401: 'Authentication required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
};

/** A status in words. */
export function titleOf(status: number): string {
  return titleOfStatus[status] ?? 'Error';
}

/** HTTP status a domain error is answered with. */
export function statusOf(error: DomainError): number {
  return statusOfKind[error.kind];
}

/**
 * Writes a domain error as problem details.
 * @param instance path of the request, without query
 */
export function problemOf(error: DomainError, instance: string, correlationId: string): Problem {
  const status = statusOf(error);
  return {
    type: `urn:x-tams:problem:${error.code}`,
    title: titleOf(status),
    status,
    detail: error.message,
    instance,
    correlation_id: correlationId,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    message: error.message,
  };
}
