import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { Configuration } from '@tams/platform';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';

/** Documents of the API run nothing and are shown in no frame. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Headers every answer carries (the media routes set their own policy over these): what helmet says, asked once. They are
 * the same for every request, and helmet would work them out for each.
 */
export async function securityHeaders(overTls: boolean): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, helmetOptions(overTls));
  probe.get('/', (_request, reply) => reply.raw.getHeaders());
  const answer = await probe.inject('/');
  await probe.close();
  return answer.json();
}

function helmetOptions(overTls: boolean): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: false,
    // Browsers ignore it over plain http, and a developer's machine must not be locked to https.
    strictTransportSecurity: overTls ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    // JSON is read by pages of other origins through CORS, which this header does not touch.
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
  };
}

/**
 * Writes the headers that secure answers, Content-Security-Policy among them: the strictest for the API, what Swagger UI
 * needs for its pages.
 * @param common headers of every answer, from {@link securityHeaders}
 */
export function writeSecurityHeaders(
  configuration: Configuration,
  common: Readonly<Record<string, string>>,
): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  const issuers = configuration.security.oidc.issuers.map((url) => new URL(url).origin);
  const server = configuration.publicBaseUrl === undefined ? [] : [new URL(configuration.publicBaseUrl).origin];
  const docsPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    // Log-in takes place at the issuer: its description, its tokens.
    `connect-src 'self' ${[...new Set([...server, ...issuers])].join(' ')}`.trim(),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  const apiHeaders = { ...common, 'content-security-policy': API_POLICY };
  // Swagger UI logs in through a window that goes to the issuer and comes back, and has to hear from it.
  const docsHeaders = {
    ...common,
    'content-security-policy': docsPolicy,
    'cross-origin-opener-policy': 'unsafe-none',
  };
  return (request, reply, done) => {
    const isDocs = /^\/docs(?:\/|$)/.test(request.routeOptions.url ?? '');
    void reply.headers(isDocs ? docsHeaders : apiHeaders);
    done();
  };
}
