import type { Access, OpenPath, Right } from '@tams/platform';
import type { FastifyRequest } from 'fastify';
import { MissingScopeError, UnauthenticatedError } from '../auth.errors';
import type { FailureLimit } from '../basic/basic-users';
import type { Principal } from '../principal';
import { scopeOf } from '../scopes';
import type { Authenticator } from './authenticator';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; `undefined` on open paths, with signed media URLs, and before authentication. */
    principal: Principal | undefined;
  }
}

/** What a route needs that answers everybody it knows the same: unknown paths (404) and wrong methods (405). */
type Needed = Exclude<Access, OpenPath> | 'known';

/** What `AUTH_OPEN_PATHS` opens; closed, it needs a right. */
const switchable: Readonly<Record<OpenPath, { readonly open: Needed; readonly closed: Needed }>> = {
  health: { open: 'optional', closed: ['read', 'write', 'delete'] },
  metrics: { open: 'open', closed: ['read'] },
  docs: { open: 'open', closed: ['read', 'write', 'delete'] },
};

/** Decides whether a request may go on, before its body is read. */
export class AccessControl {
  /**
   * @param openPaths what answers without credentials
   * @param limitOf how often the caller of a request may try a wrong password
   */
  constructor(
    readonly authenticator: Authenticator,
    private readonly openPaths: readonly OpenPath[],
    private readonly limitOf: (request: FastifyRequest) => FailureLimit,
  ) {}

  /**
   * Checks a request by its route. Whoever is not known learns nothing, not even whether a path exists.
   * @throws {UnauthenticatedError} {@link MissingScopeError}
   */
  async check(request: FastifyRequest): Promise<void> {
    const access = this.neededFor(request);
    if (access === 'open' || access === 'self-checked') return;
    const principal = await this.identify(request);
    if (access === 'optional') return;
    if (!principal) throw this.challenged(new UnauthenticatedError('credentials-missing'));
    if (access !== 'known') this.require(principal, access);
  }

  /**
   * Checks a request whose route decides for itself.
   * @param needed any one of these rights will do
   * @throws {UnauthenticatedError} {@link MissingScopeError}
   */
  async admit(request: FastifyRequest, needed: readonly Right[]): Promise<Principal> {
    const principal = await this.identify(request);
    if (!principal) throw this.challenged(new UnauthenticatedError('credentials-missing'));
    this.require(principal, needed);
    return principal;
  }

  private neededFor(request: FastifyRequest): Needed {
    const { url, config } = request.routeOptions;
    if (request.is404 || url === undefined || url === '*' || config.refusesMethod === true) return 'known';
    const { access = [] } = config;
    if (access !== 'health' && access !== 'metrics' && access !== 'docs') return access;
    return switchable[access][this.openPaths.includes(access) ? 'open' : 'closed'];
  }

  private async identify(request: FastifyRequest): Promise<Principal | undefined> {
    try {
      const principal = await this.authenticator.principalOf(request, this.limitOf(request));
      request.principal = principal;
      if (principal && principal.method !== 'none') request.principalName = principal.name;
      return principal;
    } catch (error) {
      throw error instanceof UnauthenticatedError ? this.challenged(error) : error;
    }
  }

  private require(principal: Principal, needed: readonly Right[]): void {
    if (principal.isAdmin || needed.some((right) => principal.scopes.has(right))) return;
    const oneOf = needed.length > 0 ? needed : (['admin'] as const);
    const scope = oneOf.map(scopeOf).join(' ');
    const details = `, error="insufficient_scope", scope="${scope}"`;
    const headers: Record<string, string> =
      principal.method === 'basic' ? {} : { 'WWW-Authenticate': this.authenticator.challenges(details) };
    throw new MissingScopeError(oneOf, principal.scopes, { headers });
  }

  private challenged(error: UnauthenticatedError): UnauthenticatedError {
    const details = error.problem === 'credentials-missing' ? '' : ', error="invalid_token"';
    const headers = { 'WWW-Authenticate': this.authenticator.challenges(details) };
    return new UnauthenticatedError(error.problem, { headers, cause: error.cause });
  }
}
