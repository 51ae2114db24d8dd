import { timingSafeEqual } from 'node:crypto';
import { ForbiddenError } from '@tams/platform';
import { HmacSha256 } from '../backends/hmac-sha256';

/** What a signed media URL permits. */
export type MediaOperation = 'GET' | 'PUT';

/** What one signature is valid for. */
export interface MediaPermission {
  readonly operation: MediaOperation;
  readonly storageId: string;
  readonly objectId: string;
  /** Content type of an upload; empty for reading. */
  readonly contentType: string;
  /** Checksum of an upload as `header:value`; empty without one. */
  readonly checksum: string;
}

/** Query parameters of a signed media URL, as the server received them. */
export type MediaQuery = Readonly<Record<string, unknown>>;

/** Path below which media lies; not a resource of the specification. */
export const MEDIA_PATH = '/media';

/** The URL was changed, or is used for something else than it was made for (403). */
export class SignatureInvalidError extends ForbiddenError {
  constructor() {
    super(
      'media-signature-invalid',
      'The URL is not one this server signed for this method, object and content type; use it unchanged, or ask for a new one.',
    );
  }
}

/** The URL was valid once (403). */
export class UrlExpiredError extends ForbiddenError {
  constructor(expired: number) {
    super('media-url-expired', `The URL expired at ${new Date(expired * 1000).toISOString()}; ask for a new one.`);
  }
}

/** What only signed URLs have. */
const signatureParameters = ['signature', 'expires', 'content_type', 'checksum'] as const;

/** Makes and checks the signed URLs of media on this server (HMAC-SHA256, a key all replicas share). */
export class MediaUrls {
  private readonly hmac: HmacSha256;

  /** @param secret at least 32 random bytes */
  constructor(secret: Buffer) {
    this.hmac = new HmacSha256(secret);
  }

  /** URL without a signature: an ordinary request with the client's own credentials. */
  plain(baseUrl: string, storageId: string, objectId: string): string {
    return `${baseUrl}${MEDIA_PATH}/${storageId}/${segmentOf(objectId)}`;
  }

  /**
   * @param url of the same object, from {@link plain}
   * @param expires seconds since the epoch
   */
  signed(url: string, permission: MediaPermission, expires: number): string {
    const contentType = permission.contentType && `content_type=${encodeURIComponent(permission.contentType)}&`;
    const checksum = permission.checksum && `checksum=${encodeURIComponent(permission.checksum)}&`;
    return `${url}?${checksum}${contentType}expires=${expires}&signature=${this.signature(permission, expires)}`;
  }

  /**
   * Checks what a request brings.
   * @returns whether it was signed; otherwise it is a plain one, whose permission somebody else must check
   * @throws {SignatureInvalidError} @throws {UrlExpiredError}
   */
  verify(query: MediaQuery, permission: Omit<MediaPermission, 'contentType' | 'checksum'>): SignedMedia | undefined {
    if (signatureParameters.every((name) => query[name] === undefined)) return undefined;
    const { signature, expires, content_type: contentType = '', checksum = '' } = query;
    if (typeof signature !== 'string' || typeof contentType !== 'string' || typeof checksum !== 'string') {
      throw new SignatureInvalidError();
    }
    if (typeof expires !== 'string' || !/^[1-9]\d{0,11}$/.test(expires)) throw new SignatureInvalidError();
    const expected = Buffer.from(this.signature({ ...permission, contentType, checksum }, Number(expires)));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new SignatureInvalidError();
    if (Number(expires) * 1000 < Date.now()) throw new UrlExpiredError(Number(expires));
    return { contentType, checksum, expires: Number(expires) };
  }

  private signature(permission: MediaPermission, expires: number): string {
    const { operation, storageId, contentType, checksum, objectId } = permission;
    // The identifier is free text and comes last, so that no two permissions read the same.
    return this.hmac.sign(
      `${operation}${checksum && ` ${checksum}`}\n${storageId}\n${expires}\n${contentType}\n${objectId}`,
      'base64url',
    );
  }
}

/** What a valid signature says beside the URL's own path. */
export interface SignedMedia {
  /** Content type an upload must have; empty for reading. */
  readonly contentType: string;
  /** Checksum an upload must be sent with, as `header:value`; empty when it need not. */
  readonly checksum: string;
  /** Seconds since the epoch. */
  readonly expires: number;
}

/** Identifiers that are written as they are: nearly all. */
const unreserved = /^[\w-][\w.-]*$/;

/** Identifiers that survive a URL path as they are: no slashes (proxies), dot segments (clients), control characters. */
const legible = /^(?!\.{1,2}$)[^~/\\%\p{Cc}][^/\\%\p{Cc}]*$/u;

/** Writes an object identifier, whatever text it is, as one path segment. */
export function segmentOf(objectId: string): string {
  if (unreserved.test(objectId)) return objectId;
  return legible.test(objectId) ? encodeURIComponent(objectId) : `~${Buffer.from(objectId).toString('base64url')}`;
}

/** Reads an object identifier from a path segment that was percent-decoded already. */
export function objectIdOf(segment: string): string {
  return segment.startsWith('~') ? Buffer.from(segment.slice(1), 'base64url').toString('utf8') : segment;
}
