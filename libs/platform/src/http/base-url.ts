import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { BadRequestError, type DomainError } from '../errors/domain-error';

declare module 'fastify' {
  interface FastifyRequest {
    /** `PUBLIC_BASE_URL`, when set: where clients reach this server, without a trailing slash. */
    publicBaseUrl: string | undefined;
  }
}

/** A host name, an IPv4 address or a bracketed IPv6 address, perhaps with a port. */
const hostAndPort = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Why a request cannot be served under the host it names; `undefined` when it can. The host becomes part of the URLs we
 * hand out, so nothing but a host may stand there. HTTP/1.0 may leave it out.
 */
export function complaintAboutHost(request: FastifyRequest): DomainError | undefined {
  const { host } = request;
  if (repeatsHost(request.raw.rawHeaders))
    return new BadRequestError('malformed-host', 'The request has more than one Host header; send one.');
  if (hostAndPort.test(host) || (host === '' && request.raw.httpVersion === '1.0')) return undefined;
  return new BadRequestError(
    'malformed-host',
    host === ''
      ? 'The request has no Host header, and HTTP/1.1 requires one.'
      : 'The Host (or X-Forwarded-Host) header must be a host name or address, with a port if need be.',
  );
}

/** Node keeps the first of several; something in front of this server may have looked at another. */
function repeatsHost(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') seen += 1;
  }
  return seen > 1;
}

/**
 * Where this server is reached, in the server's own words: `PUBLIC_BASE_URL`, or else the address its socket has. For what is kept
 * and shown to others: what one client writes into `Host` must not end in a message to another.
 */
export function ownBaseUrlOf(request: FastifyRequest): string {
  if (request.publicBaseUrl !== undefined) return request.publicBaseUrl;
  const { localAddress, localPort } = request.raw.socket;
  const address = (localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const scheme = (request.raw.socket as { encrypted?: boolean }).encrypted === true ? 'https' : 'http';
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${localPort ?? 80}`;
}

/** Injects {@link ownBaseUrlOf} into a handler that keeps absolute URLs. */
export const OwnBaseUrl = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  ownBaseUrlOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Origin and path prefix absolute URLs of this answer begin with, without a trailing slash. */
export function baseUrlOf(request: FastifyRequest): string {
  if (request.publicBaseUrl !== undefined) return request.publicBaseUrl;
  const host = hostAndPort.test(request.host) ? request.host : 'localhost';
  return `${request.protocol === 'https' ? 'https' : 'http'}://${host}`;
}

/** Injects {@link baseUrlOf} into a handler that hands out absolute URLs. */
export const BaseUrl = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  baseUrlOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
