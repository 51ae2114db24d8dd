import { DomainError, UnavailableError, UnstorableValueError } from '../errors/domain-error';

/** PostgreSQL error classes and codes that mean "not now", by SQLSTATE prefix. */
const unavailableStates = ['08', '25006', '53', '57P', '57014', '40001', '40P01', '55P03'];
/** PostgreSQL error classes that mean "no such value can be kept": data exceptions, and limits of the program. */
const unstorableStates = ['22', '54'];
/** Socket errors of a connection to a database that is down. */
const unavailableCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** What `pg` says without a code. */
const lostConnection =
  /^(?:Connection terminated|timeout expired|Query read timeout|Client was closed|Client has encountered a connection error)/;

/**
 * What an error of the database means for a request: the metadata store cannot answer just now (503), it cannot keep a value
 * of the request that its schema let through (400), or, for anything else, the error itself. Recognised here, where the error comes from the database for certain: elsewhere an
 * `ECONNRESET` may as well be the client's own.
 */
export function databaseFailure(error: unknown): unknown {
  if (error instanceof DomainError || !Error.isError(error)) return error;
  const { message } = error;
  if (message.includes('timeout exceeded when trying to connect')) {
    return new UnavailableError('database-busy', 'Every database connection is busy; try again shortly.', {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  const { code } = error as { code?: unknown };
  if (begins(code, unstorableStates)) return new UnstorableValueError({ cause: error });
  if (!meansUnavailable(code) && !isReadOnly(error) && !lostConnection.test(message)) return error;
  return new UnavailableError(
    'dependency-unavailable',
    'The metadata store cannot answer just now; try again shortly.',
    { cause: error },
  );
}

/** What a standby says, beside SQLSTATE 25006, to statements that need a primary. */
const duringRecovery = /recovery is in progress|during recovery/;

/** Whether PostgreSQL refused to write: it is a standby, was demoted, or was made read-only. Another session may be luckier. */
export function isReadOnly(error: unknown): error is Error {
  if (!Error.isError(error)) return false;
  const { code } = error as { code?: unknown };
  return code === '25006' || (code === '55000' && duringRecovery.test(error.message));
}

/** Whether PostgreSQL did not look at a statement because another of its transaction had failed: never the reason itself. */
export function isRefusedAfterFailure(error: Error): boolean {
  return (error as { code?: unknown }).code === '25P02';
}

/** Whether `pg` gave up waiting for an answer: the statement still runs, and its connection can do nothing else. */
export function isReadTimeout(error: unknown): error is Error {
  return Error.isError(error) && error.message === 'Query read timeout';
}

function meansUnavailable(code: unknown): boolean {
  return (typeof code === 'string' && unavailableCodes.has(code)) || begins(code, unavailableStates);
}

function begins(code: unknown, states: readonly string[]): boolean {
  return typeof code === 'string' && states.some((state) => code.startsWith(state));
}
