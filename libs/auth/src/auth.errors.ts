import { DomainError, type DomainErrorOptions, ForbiddenError, type Right, UnavailableError } from '@tams/platform';
import { scopeOf } from './scopes';

/** Why credentials were not accepted. The words are fixed, so that nothing of a credential comes back. */
const reasons = {
  'credentials-missing': 'This server needs to know who is calling: send credentials.',
  'credentials-malformed': 'The credentials are malformed.',
  'credentials-ambiguous': 'Send credentials once: either in the Authorization header or as access_token.',
  'credentials-unsupported': 'This server does not accept credentials of this kind.',
  'token-invalid': 'The token is not valid here.',
  'token-expired': 'The token has expired; get a new one.',
  'token-not-yet-valid': 'The token is not valid yet.',
  'token-too-large': 'The token is larger than any this server accepts.',
  'password-wrong': 'The user name or the password is wrong.',
} as const;
export type CredentialProblem = keyof typeof reasons;

/** The caller did not say who they are, or could not prove it (401). The authenticator adds the challenges. */
export class UnauthenticatedError extends DomainError {
  constructor(
    readonly problem: CredentialProblem,
    options: DomainErrorOptions = {},
  ) {
    super(problem, 'unauthenticated', 'info', reasons[problem], options);
  }
}

/** The caller is known, and may not do this (403). */
export class MissingScopeError extends ForbiddenError {
  /** @param needed any one of these would do */
  constructor(needed: readonly Right[], held: Iterable<Right>, options: DomainErrorOptions = {}) {
    const has = [...held].map(scopeOf).join(', ') || 'none';
    const message = `This needs the scope ${needed.map(scopeOf).join(' or ')}; the credentials have ${has}.`;
    super('scope-missing', message, options);
  }
}

/** The caller makes more requests than they may (429). */
export class RateLimitedError extends DomainError {
  constructor(message: string, retryAfterSeconds: number) {
    super('rate-limited', 'rate-limited', 'info', message, { retryAfterSeconds });
  }
}

/** Credentials cannot be checked just now (503): that is not the caller's fault, and not a refusal. */
export class AuthenticationUnavailableError extends UnavailableError {
  constructor(message: string, options?: DomainErrorOptions) {
    super('authentication-unavailable', message, options);
  }
}

/** A JSON body did not arrive in time (408). */
export class BodyTimeoutError extends DomainError {
  constructor(seconds: number) {
    super(
      'request-timeout',
      'request-timeout',
      'info',
      `The body did not arrive within ${seconds} s; send it again on a new connection.`,
      { headers: { Connection: 'close' } },
    );
  }
}

/** The audit log, which must have every change before it is made, cannot be written (503). */
export class AuditUnavailableError extends UnavailableError {
  constructor() {
    super('audit-unavailable', 'Changes are refused while the audit log cannot be written; try again later.', {
      retryAfterSeconds: 30,
    });
  }
}

/** The lines of the audit log cannot be read again (503): they are written all the same. */
export class AuditUnreadableError extends UnavailableError {
  constructor(cause: unknown) {
    super('audit-unreadable', 'The file of the audit log cannot be read just now.', { cause });
  }
}
