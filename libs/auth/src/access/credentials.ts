import type { FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../auth.errors';

/** What a request brings to say who is calling. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly name: string; readonly password: string }
  | { readonly kind: 'url_token'; readonly token: string };

/**
 * Reads the credentials of a request, whatever this server accepts; `undefined` when there are none.
 * @throws {UnauthenticatedError} when they are malformed, or there is more than one
 */
export function credentialsOf(request: FastifyRequest): Credentials | undefined {
  const header = request.headers.authorization;
  const parameter = (request.query as Record<string, unknown> | undefined)?.['access_token'];
  if (header === undefined && parameter === undefined) return undefined;
  if ((header !== undefined && parameter !== undefined) || repeatsAuthorization(request.raw.rawHeaders)) {
    throw new UnauthenticatedError('credentials-ambiguous');
  }
  if (header !== undefined) return credentialsInHeader(header);
  if (typeof parameter !== 'string') throw new UnauthenticatedError('credentials-ambiguous');
  return { kind: 'url_token', token: parameter };
}

function credentialsInHeader(header: string): Credentials {
  const [, scheme = '', value = ''] = /^([A-Za-z0-9-]+) +([A-Za-z0-9._~+/=-]+) *$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { kind: 'bearer', token: value };
    case 'basic':
      return basicCredentials(value);
    default:
      throw new UnauthenticatedError(scheme === '' ? 'credentials-malformed' : 'credentials-unsupported');
  }
}

function basicCredentials(value: string): Credentials {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const separator = text.indexOf(':');
  // Control characters are forbidden in both (RFC 7617 section 2).
  if (separator < 0 || /\p{Cc}/u.test(text)) throw new UnauthenticatedError('credentials-malformed');
  return { kind: 'basic', name: text.slice(0, separator), password: text.slice(separator + 1) };
}

/** Node keeps the first of several; something in front of this server may have looked at another. */
function repeatsAuthorization(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') seen += 1;
  }
  return seen > 1;
}
