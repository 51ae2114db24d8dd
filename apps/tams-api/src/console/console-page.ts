import { randomBytes } from 'node:crypto';
import { scopeOf } from '@tams/auth';
import { baseUrlOf, type Configuration, rights } from '@tams/platform';
import type { StorageBackends } from '@tams/storage';
import type { FastifyRequest } from 'fastify';
import { version } from '../version';

/** Placeholders of the page's `index.html` (apps/tams-console). */
const NONCE = '__NONCE__';
const BASE = '__BASE__';
const SETTINGS = '__SETTINGS__';

/** One answer: the page, and the policy that admits its scripts and styles and nothing else. */
export interface PageAnswer {
  readonly html: string;
  readonly policy: string;
}

/** Writes the console's page for each request: a nonce of its own, its address, and how people sign in. */
export class ConsolePage {
  private readonly settings: string;
  private readonly origins: string;
  private readonly mediaOrigins: string;

  /** @param template `index.html` with its placeholders */
  constructor(
    private readonly template: string,
    configuration: Configuration,
    backends: StorageBackends,
  ) {
    const { security, consoleMediaOrigins } = configuration;
    const issuers = security.oidc.issuers.map((issuer) => new URL(issuer).origin);
    // Scripts are admitted by nonce alone: media people uploaded lies on this origin too.
    const media = [...mediaOriginsOf(backends), ...consoleMediaOrigins];
    this.mediaOrigins = [...new Set(media)].join(' ');
    this.origins = [...new Set([...issuers, ...media])].join(' ');
    this.settings = settingsOf(configuration);
  }

  /** The page as one request gets it. */
  answer(request: FastifyRequest): PageAnswer {
    const nonce = randomBytes(16).toString('base64');
    const html = this.template
      .replaceAll(NONCE, nonce)
      .replaceAll(BASE, `${basePathOf(request)}/console/`)
      .replace(SETTINGS, () => this.settings);
    return { html, policy: this.policy(nonce) };
  }

  /** Scripts and styles carry the nonce, and what those scripts load; media and the identity provider may be elsewhere. */
  private policy(nonce: string): string {
    return [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' 'strict-dynamic'`,
      `style-src 'self' 'nonce-${nonce}'`,
      "font-src 'self'",
      `img-src 'self' data: blob: ${this.mediaOrigins}`.trim(),
      `media-src 'self' blob: ${this.mediaOrigins}`.trim(),
      `connect-src 'self' ${this.origins}`.trim(),
      "worker-src 'self' blob:",
      "manifest-src 'self'",
      "base-uri 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; ');
  }
}

/** Path prefix under which clients reach this server; empty for none. */
export function basePathOf(request: FastifyRequest): string {
  return new URL(baseUrlOf(request)).pathname.replace(/\/$/, '');
}

/** Where browsers are sent for media: the hosts presigned URLs of each storage backend name. */
function mediaOriginsOf(backends: StorageBackends): string[] {
  // The embedded store answers under the address of this server, whatever that is: it is 'self'.
  const baseUrl = 'http://this-server.invalid';
  return backends.all
    .flatMap((backend) => backend.getUrls({ objectId: 'object', baseUrl, presigned: true }))
    .map(({ url }) => new URL(url).origin)
    .filter((origin) => origin !== baseUrl);
}

/** What the page knows before anybody signed in, as text that is safe inside a script element. */
function settingsOf({ security }: Configuration): string {
  const { modes, oidc } = security;
  const issuer = oidc.issuers[0];
  const canLogIn = modes.includes('bearer') && issuer !== undefined && oidc.clientId !== undefined;
  const settings = {
    version,
    modes,
    oidc: canLogIn
      ? { issuer, client_id: oidc.clientId, scope: ['openid', ...rights.map(scopeOf)].join(' ') }
      : undefined,
  };
  return JSON.stringify(settings).replaceAll('<', '\\u003c');
}
