import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import { LOOPBACK_ORIGIN } from './local-callers';

/** Headers of ours a web page may read. */
const exposedHeaders = [
  ...['Link', 'Location', 'ETag', 'Allow', 'Retry-After', 'WWW-Authenticate', 'X-Correlation-ID'],
  ...['X-Paging-Limit', 'X-Paging-Count', 'X-Paging-NextKey', 'X-Paging-Reverse-Order', 'X-Paging-Timerange'],
];
const PREFLIGHT_MAXIMUM_AGE_SECONDS = 600;

/** `*`, or which origins there are; `loopback` stands for the pages of this machine. */
function originsOf(origins: readonly string[]): '*' | (string | RegExp)[] {
  return origins.includes('*') ? '*' : origins.map((one) => (one === 'loopback' ? LOOPBACK_ORIGIN : one));
}

/**
 * The same as {@link corsDelegator} for answers that come before any route is known: which origin may read them.
 * @returns the headers that say so
 */
export function corsHeaders(origins: readonly string[], origin: string | undefined): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  const exposed = { 'access-control-expose-headers': exposedHeaders.join(', ') };
  const allowed = originsOf(origins);
  if (allowed === '*') return { 'access-control-allow-origin': '*', ...exposed };
  return allowed.some((one) => (typeof one === 'string' ? one === origin : one.test(origin)))
    ? { 'access-control-allow-origin': origin, vary: 'Origin', ...exposed }
    : { vary: 'Origin' };
}

type Delegator = (request: FastifyRequest, done: (error: Error | null, options: FastifyCorsOptions) => void) => void;

/**
 * Which pages may call the API. Media has rules of its own (a signed URL may be used by any page), and an OPTIONS that is
 * no preflight is answered like any other method.
 * @param origins `*`, or a list; `loopback` stands for the pages of this machine
 */
export function corsDelegator(origins: readonly string[]): Delegator {
  const named = originsOf(origins);
  const origin = named.length > 0 ? named : false;
  return (request, done) => {
    // An address with a token of its own may be used by any page, like a signed URL.
    const hasToken = request.url.startsWith('/playback/');
    const isMedia = request.routeOptions.url?.startsWith('/media/') === true;
    done(null, {
      origin: isMedia ? false : hasToken ? '*' : origin,
      preflight: isPreflight(request),
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      exposedHeaders,
      maxAge: PREFLIGHT_MAXIMUM_AGE_SECONDS,
    });
  };
}

function isPreflight(request: FastifyRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}
