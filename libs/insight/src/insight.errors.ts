import { ForbiddenError, NotFoundError } from '@tams/platform';

/** The session of PostgreSQL has ended, or another one has its number now (404). */
export class SessionGoneError extends NotFoundError {
  constructor(pid: number) {
    super('session-not-found', `There is no session ${pid} of the metadata store that began then.`);
  }
}

/** PostgreSQL does not let this server stop a session of somebody else (403). */
export class MayNotStopSessionError extends ForbiddenError {
  constructor(cause: unknown) {
    super(
      'session-not-ours',
      'PostgreSQL lets only the same user, or members of pg_signal_backend, stop this session.',
      { cause },
    );
  }
}
