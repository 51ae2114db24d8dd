import type { AuthenticationMode } from '@tams/platform';
import type { FastifyRequest } from 'fastify';
import type { AccessTokenService } from '../access-tokens/access-token.service';
import { UnauthenticatedError } from '../auth.errors';
import type { BasicUsers, FailureLimit } from '../basic/basic-users';
import type { BearerTokens } from '../bearer/bearer-tokens';
import { anybody, type Principal } from '../principal';
import { type Credentials, credentialsOf } from './credentials';

/** The ways of authentication a server has; those absent are refused. */
export interface AuthenticationMethods {
  readonly bearer?: BearerTokens | undefined;
  readonly basic?: BasicUsers | undefined;
  readonly accessTokens?: AccessTokenService | undefined;
}

/** Finds out who is calling. */
export class Authenticator {
  private readonly asksNobody: boolean;

  constructor(
    readonly modes: readonly AuthenticationMode[],
    private readonly methods: AuthenticationMethods,
  ) {
    this.asksNobody = modes.every((mode) => mode === 'none');
  }

  /**
   * Who is calling; {@link anybody} where nobody has to say, `undefined` when somebody should and did not.
   * @param limit how often the caller may try a wrong password
   * @throws {UnauthenticatedError} when there are credentials and they do not count
   */
  principalOf(request: FastifyRequest, limit: FailureLimit): Principal | Promise<Principal> | undefined {
    if (this.asksNobody) return anybody;
    const credentials = credentialsOf(request);
    if (credentials) return this.verify(credentials, limit);
    return this.modes.includes('none') ? anybody : undefined;
  }

  private verify(credentials: Credentials, limit: FailureLimit): Principal | Promise<Principal> {
    const { bearer, basic, accessTokens } = this.methods;
    if (credentials.kind === 'basic' && basic) return basic.verify(credentials.name, credentials.password, limit);
    if (credentials.kind === 'url_token' && accessTokens) return accessTokens.verify(credentials.token);
    if (credentials.kind === 'bearer') {
      // A token of ours is better off in a header than in a URL.
      if (accessTokens && credentials.token.startsWith('tams_')) return accessTokens.verify(credentials.token);
      if (bearer) return bearer.verify(credentials.token);
    }
    throw new UnauthenticatedError('credentials-unsupported');
  }

  /** Value of `WWW-Authenticate`: a challenge for each way there is (RFC 9110 section 11.6.1). */
  challenges(bearerDetails = ''): string {
    const challenges: string[] = [];
    // An access_token in the query is a way to send a bearer token (RFC 6750 section 2.3).
    if (this.modes.includes('bearer') || this.modes.includes('url_token'))
      challenges.push(`Bearer realm="tams"${bearerDetails}`);
    if (this.modes.includes('basic')) challenges.push('Basic realm="tams", charset="UTF-8"');
    return challenges.join(', ');
  }
}
