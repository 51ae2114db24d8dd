/** What went wrong, in the terms of the domain. The problem filter alone knows which HTTP status each one becomes. */
export type ErrorKind =
  | 'bad-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-media'
  | 'range-not-satisfiable'
  | 'rate-limited'
  | 'unavailable'
  | 'internal';

/** How loudly an error is logged: `info` for what clients cause, `error` for what operators must look at. */
export type ErrorSeverity = 'info' | 'warn' | 'error';

/** One broken rule in a request. */
export interface FieldError {
  /** Where: a JSON-path-like location, for example `body.tags.genre` or `query.limit`. */
  readonly path: string;
  /** Which rule, in words a client's developer can act on. */
  readonly message: string;
}

export interface DomainErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Seconds after which the client should try again; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Headers the answer must carry, for example `Allow` or `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Base of every error the server raises on purpose: a stable code, a kind and a severity. */
export abstract class DomainError extends Error {
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code stable machine-readable name, kebab-case, for example `body-too-large`; becomes the problem `type` and
   *   the `type` label of `tams_errors_total`
   */
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    readonly severity: ErrorSeverity,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
  }
}

/** The request breaks a rule of the specification (400). */
export class BadRequestError extends DomainError {
  constructor(code: string, message: string, options?: DomainErrorOptions) {
    super(code, 'bad-request', 'info', message, options);
  }
}

/** A query, header or body does not have the required form (400); `errors` names each field. */
export class ValidationError extends BadRequestError {
  constructor(errors: readonly FieldError[]) {
    const first = errors[0];
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    super('validation-failed', first ? `${first.path}: ${first.message}${more}` : 'The request is not valid.', {
      errors,
    });
  }
}

/**
 * The metadata store cannot keep a value of the request (400). Schemas refuse such values first and say which it is; what
 * reaches the store is a gap in a schema, so that it is logged as a warning.
 */
export class UnstorableValueError extends DomainError {
  constructor(options?: DomainErrorOptions) {
    super(
      'value-not-storable',
      'bad-request',
      'warn',
      'A value in this request is out of the range, or not in the form, that this server can keep.',
      options,
    );
  }
}

/** The body is written in a way the server does not read (415). */
export class UnsupportedBodyError extends DomainError {
  /** @param coding its `Content-Encoding`, as the client sent it */
  constructor(coding: string) {
    const message = `The body is sent with Content-Encoding "${coding.slice(0, 40)}", and this server reads only bodies that are not compressed.`;
    super('content-encoding-unsupported', 'unsupported-media', 'info', message, {
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
}

/** The addressed resource does not exist (404). */
export class NotFoundError extends DomainError {
  constructor(code: string, message: string) {
    super(code, 'not-found', 'info', message);
  }
}

/** The resource may not be changed by this request (403). */
export class ForbiddenError extends DomainError {
  constructor(code: string, message: string, options?: DomainErrorOptions) {
    super(code, 'forbidden', 'info', message, options);
  }
}

/** Something the server depends on does not answer or is exhausted (503). */
export class UnavailableError extends DomainError {
  constructor(code: string, message: string, options?: DomainErrorOptions) {
    super(code, 'unavailable', 'error', message, { retryAfterSeconds: 5, ...options });
  }
}
