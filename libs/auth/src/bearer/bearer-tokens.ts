import { hash } from 'node:crypto';
import { DomainError, type SecurityConfiguration } from '@tams/platform';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { UnauthenticatedError } from '../auth.errors';
import { ExpiringCache } from '../expiring-cache';
import type { Principal } from '../principal';
import { OidcIssuer } from './oidc-issuer';
import { claimOf, namesIn, principalOfToken } from './token-claims';

/** Longest token that is looked at, in characters. */
export const MAXIMUM_TOKEN_LENGTH = 12 * 1024;
/** Verified tokens that are remembered. */
const REMEMBERED_TOKENS = 5_000;
/** How long a token counts without another look at its signature, so that withdrawn keys count no longer than this. */
const REMEMBERED_MS = 60_000;
/** What a token may say it is; not, for example, `logout+jwt` or `dpop+jwt`. */
const tokenTypes = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

/** Checks bearer tokens: JWTs of the configured issuers, by their public keys (RFC 6750, RFC 7519, RFC 9068). */
export class BearerTokens {
  private readonly issuers: ReadonlyMap<string, OidcIssuer>;
  private readonly remembered = new ExpiringCache<Principal>(REMEMBERED_TOKENS);

  constructor(private readonly configuration: SecurityConfiguration['oidc']) {
    this.issuers = new Map(
      configuration.issuers.map((url) => [url, new OidcIssuer(url, configuration.jwksCooldownSeconds)]),
    );
  }

  /**
   * @returns at once for a token seen before
   * @throws {UnauthenticatedError} {@link AuthenticationUnavailableError} when the issuer's keys cannot be had
   */
  verify(token: string): Principal | Promise<Principal> {
    if (token.length > MAXIMUM_TOKEN_LENGTH) throw new UnauthenticatedError('token-too-large');
    const key = hash('sha256', token, 'base64');
    return this.remembered.get(key) ?? this.check(token, key);
  }

  private async check(token: string, key: string): Promise<Principal> {
    const payload = await this.payloadOf(token);
    const principal = principalOfToken(payload, this.configuration);
    if (!principal || payload['cnf'] !== undefined) throw new UnauthenticatedError('token-invalid');
    const skew = this.configuration.clockSkewSeconds;
    const expires = Math.min(((payload.exp ?? 0) + skew) * 1000, Date.now() + REMEMBERED_MS);
    this.remembered.set(key, principal, expires);
    return principal;
  }

  private async payloadOf(token: string): Promise<JWTPayload> {
    const { audience, audienceClaim, algorithms, clockSkewSeconds } = this.configuration;
    try {
      // Only to know whose keys to use: nothing else of it is believed before the signature is checked.
      const issuer = this.issuers.get(decodeJwt(token).iss ?? '');
      if (!issuer) throw new UnauthenticatedError('token-invalid');
      const { payload, protectedHeader } = await jwtVerify(token, issuer.key, {
        issuer: issuer.url,
        ...(audienceClaim === 'aud' ? { audience: [...audience] } : {}),
        algorithms: [...algorithms],
        clockTolerance: clockSkewSeconds,
        requiredClaims: ['exp'],
      });
      const forUs = namesIn(claimOf(payload, audienceClaim)).some((name) => audience.includes(name));
      if (!forUs || !tokenTypes.has((protectedHeader.typ ?? 'jwt').toLowerCase())) {
        throw new UnauthenticatedError('token-invalid');
      }
      // `jose` leaves it alone: a token from the future is of a clock, or of a hand, that cannot be trusted.
      if ((payload.iat ?? 0) > Date.now() / 1000 + clockSkewSeconds)
        throw new UnauthenticatedError('token-not-yet-valid');
      return payload;
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.JWTExpired) return new UnauthenticatedError('token-expired', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    return new UnauthenticatedError('token-not-yet-valid', { cause: error });
  return new UnauthenticatedError('token-invalid', { cause: error });
}
