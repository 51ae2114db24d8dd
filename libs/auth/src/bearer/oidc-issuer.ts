import { isSecureOrLoopback } from '@tams/platform';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { AuthenticationUnavailableError } from '../auth.errors';

/** Longest an answer of the issuer may take, in milliseconds. */
const TIMEOUT_MS = 5_000;
/** Keys older than this are asked for again, so that withdrawn ones stop counting, in milliseconds. */
const KEYS_MAXIMUM_AGE_MS = 10 * 60_000;
/** How long the issuer's own description is believed, in milliseconds. */
const DISCOVERY_MAXIMUM_AGE_MS = 60 * 60_000;
/** After a failed discovery nobody asks again for this long, in milliseconds. */
const DISCOVERY_COOLDOWN_MS = 5_000;

const discoveryDocument = z.object({
  issuer: z.string(),
  jwks_uri: z.string().refine(isSecureOrLoopback, 'is neither https nor on loopback'),
});

interface Discovery {
  readonly at: number;
  readonly keys: Promise<JWTVerifyGetKey>;
}

/** An OpenID Connect issuer: where its keys are (Discovery 1.0), and the keys, kept and renewed as it rotates them. */
export class OidcIssuer {
  private discovery: Discovery | undefined;
  private failed: { readonly at: number; readonly error: AuthenticationUnavailableError } | undefined;

  /** @param url exactly as in the `iss` of its tokens */
  constructor(
    readonly url: string,
    private readonly jwksCooldownSeconds: number,
  ) {}

  /**
   * Finds the key that signed a token.
   * @throws {AuthenticationUnavailableError} when the issuer cannot be asked
   */
  readonly key: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.keys();
    try {
      return await keys(header, token);
    } catch (error) {
      // A key that is not there is the token's fault; everything else is between the issuer and us.
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      throw this.unavailable(error);
    }
  };

  private keys(): Promise<JWTVerifyGetKey> {
    const now = Date.now();
    if (this.discovery && now - this.discovery.at < DISCOVERY_MAXIMUM_AGE_MS) return this.discovery.keys;
    if (this.failed && now - this.failed.at < DISCOVERY_COOLDOWN_MS) {
      return this.discovery?.keys ?? Promise.reject(this.failed.error);
    }
    const before = this.discovery;
    const keys = this.discover().catch((error: unknown) => {
      const unavailable = this.unavailable(error);
      this.failed = { at: Date.now(), error: unavailable };
      this.discovery = before;
      // An issuer that is down for a while does not take the keys away that it gave before.
      if (before) return before.keys;
      throw unavailable;
    });
    this.discovery = { at: now, keys };
    return keys;
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const address = `${this.url.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    const document = discoveryDocument.parse(await response.json());
    // Issuer mix-up: a document that speaks for somebody else says nothing about this issuer's keys.
    if (document.issuer !== this.url) throw new Error(`${address} describes another issuer, ${document.issuer}`);
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: this.jwksCooldownSeconds * 1000,
      cacheMaxAge: KEYS_MAXIMUM_AGE_MS,
    });
  }

  private unavailable(cause: unknown): AuthenticationUnavailableError {
    return new AuthenticationUnavailableError(
      'The identity provider that issued this token does not answer; try again shortly.',
      { cause: new Error(`OIDC issuer ${this.url} cannot be asked for its keys`, { cause }) },
    );
  }
}
