import { isIP } from 'node:net';
import { ForbiddenError, type SecurityConfiguration } from '@tams/platform';
import type { FastifyRequest } from 'fastify';

/** Pages of this machine. */
export const LOOPBACK_ORIGIN =
  /^https?:\/\/(?:localhost|[a-z\d-]{1,63}\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Names that nobody can register, for what lies within a machine or a cluster. */
const PRIVATE_NAME = /\.(?:localhost|internal|local)$/;

const changing = new Set(['POST', 'PUT', 'DELETE', 'PATCH']);

/** A request under a name that is not this server's. */
class HostNotAllowedError extends ForbiddenError {
  constructor() {
    super(
      'host-not-allowed',
      'This server asks nobody who they are, so it answers only under names that no web page elsewhere can take: localhost, addresses, names without a dot or that end in .internal or .local. ALLOWED_HOSTS adds others.',
    );
  }
}

/** A page that may not call makes a change. */
class OriginNotAllowedError extends ForbiddenError {
  constructor() {
    super(
      'origin-not-allowed',
      'Pages of this origin may not change anything here; CORS_ALLOWED_ORIGINS adds origins.',
    );
  }
}

/**
 * What keeps web pages away from a server that asks nobody who they are. Any page a person looks at can reach what that
 * person's machine can: by a name of its own that leads here (DNS rebinding), or by a request that needs no preflight.
 * @returns a check that throws {@link ForbiddenError}
 */
export function localCallersOnly(
  { modes, corsAllowedOrigins, allowedHosts }: SecurityConfiguration,
  publicBaseUrl: string | undefined,
): (request: FastifyRequest) => void {
  if (!modes.includes('none')) return () => undefined;
  const names = new Set(allowedHosts);
  if (publicBaseUrl !== undefined) names.add(new URL(publicBaseUrl).hostname);
  const anyHost = names.has('*');
  const origins = new Set(corsAllowedOrigins);
  return (request) => {
    if (!anyHost && !isOwnName(nameOf(request.host), names)) throw new HostNotAllowedError();
    const { origin } = request.headers;
    if (origin === undefined || !changing.has(request.method) || origins.has('*')) return;
    // A signed URL may be used by any page.
    if (request.routeOptions.url?.startsWith('/media/') === true || isSameOrigin(origin, request.host)) return;
    if (!origins.has(origin) && !(origins.has('loopback') && LOOPBACK_ORIGIN.test(origin)))
      throw new OriginNotAllowedError();
  };
}

/** The host of `Host`, without its port and brackets. */
function nameOf(host: string): string {
  return (host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d+$/, '')).toLowerCase();
}

function isOwnName(name: string, names: ReadonlySet<string>): boolean {
  return !name.includes('.') || PRIVATE_NAME.test(name) || isIP(name) !== 0 || names.has(name);
}

function isSameOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
