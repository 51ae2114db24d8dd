import { createHmac, hash } from 'node:crypto';
import { HmacSha256 } from '../backends/hmac-sha256';
import { checksumHeaderOf, type UploadChecksum } from '../backends/upload-checksum';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const PAYLOAD = 'UNSIGNED-PAYLOAD';
/** Longest time a signature may be valid, in seconds: what Signature Version 4 allows. */
const LONGEST_VALIDITY_SECONDS = 7 * 86_400;

/** Keys that sign: a session token comes with temporary ones. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where a bucket is, as clients reach it. */
export interface BucketAddress {
  /** Origin and path of the bucket, without a trailing slash, for example `https://s3.example.com/media`. */
  readonly url: URL;
  /** Region that signatures name. */
  readonly signingRegion: string;
}

/** What is to be signed. */
export interface PresignRequest {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  /** Pinned: the client must send exactly this `Content-Type` (PUT). */
  readonly contentType?: string;
  /** Pinned too: the checksum the upload is sent with, as a header (PUT). */
  readonly checksum?: UploadChecksum | undefined;
  /** What the store says as `Content-Disposition` (GET). */
  readonly contentDisposition?: string | undefined;
  readonly expiresInSeconds: number;
  /** Start of the validity. */
  readonly signingDate: Date;
}

/** The part of a signed URL that does not depend on the object. */
interface CommonPart {
  readonly second: number;
  readonly expiresInSeconds: number;
  readonly keys: SigningKeys;
  readonly timestamp: string;
  /** What the signature is good for: day, region, service. */
  readonly scope: string;
  readonly before: string;
  readonly signer: HmacSha256;
}

/**
 * Presigns object URLs of one bucket with AWS Signature Version 4 (query parameters), without I/O and about ten times as
 * fast as the SDK, with the same result as its `getSignedUrl`.
 */
export class S3Presigner {
  private readonly origin: string;
  private readonly path: string;
  private readonly host: string;
  private common: CommonPart | undefined;
  private signingKey: { readonly scope: string; readonly secret: string; readonly signer: HmacSha256 } | undefined;

  constructor(private readonly address: BucketAddress) {
    const { url } = address;
    this.origin = `${url.protocol}//${url.host}`;
    this.path = url.pathname.replace(/\/$/, '');
    this.host = url.host;
  }

  /** The URL that allows `request` to whoever holds it. */
  presign(request: PresignRequest, keys: SigningKeys): string {
    const { method, contentDisposition } = request;
    const { timestamp, scope, before, signer } = this.commonPart(request, keys);
    const path = `${this.path}/${encodeKey(request.key)}`;
    const { names, lines } = this.signedHeaders(request);
    const after =
      `&X-Amz-SignedHeaders=${encode(names)}` +
      (contentDisposition === undefined ? '' : `&response-content-disposition=${encode(contentDisposition)}`) +
      `&x-id=${method === 'GET' ? 'GetObject' : 'PutObject'}`;
    const canonical = `${method}\n${path}\n${before}${after}\n${lines}\n${names}\n${PAYLOAD}`;
    const signature = signer.sign(`${ALGORITHM}\n${timestamp}\n${scope}\n${hash('sha256', canonical)}`, 'hex');
    return `${this.origin}${path}?${before}&X-Amz-Signature=${signature}${after}`;
  }

  /** What all URLs of one second have in common: a page of a thousand makes it once. */
  private commonPart({ signingDate, expiresInSeconds }: PresignRequest, keys: SigningKeys): CommonPart {
    const second = Math.floor(signingDate.getTime() / 1000);
    const known = this.common;
    if (known?.second === second && known.expiresInSeconds === expiresInSeconds && known.keys === keys) return known;
    const timestamp = signingDate.toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${timestamp.slice(0, 8)}/${this.address.signingRegion}/s3/aws4_request`;
    // Query parameters in the order of their names; the signature itself goes between this part and the rest.
    const before =
      `X-Amz-Algorithm=${ALGORITHM}&X-Amz-Content-Sha256=${PAYLOAD}` +
      `&X-Amz-Credential=${encode(`${keys.accessKeyId}/${scope}`)}&X-Amz-Date=${timestamp}` +
      `&X-Amz-Expires=${Math.min(expiresInSeconds, LONGEST_VALIDITY_SECONDS)}` +
      (keys.sessionToken === undefined ? '' : `&X-Amz-Security-Token=${encode(keys.sessionToken)}`);
    const signer = this.signerFor(scope, keys.secretAccessKey);
    this.common = { second, expiresInSeconds, keys, timestamp, scope, before, signer };
    return this.common;
  }

  /** Names and lines of the headers a request must have, in the order of their names. */
  private signedHeaders({ contentType, checksum }: PresignRequest): { names: string; lines: string } {
    if (contentType === undefined && !checksum) return { names: 'host', lines: `host:${this.host}\n` };
    const headers: (readonly [string, string])[] = [['host', this.host]];
    if (contentType !== undefined) headers.push(['content-type', singleSpaced(contentType)]);
    if (checksum) headers.push(checksumHeaderOf(checksum));
    headers.sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      names: headers.map(([name]) => name).join(';'),
      lines: headers.map(([name, value]) => `${name}:${value}\n`).join(''),
    };
  }

  /** The key of a day: deriving it costs four times a signature. */
  private signerFor(scope: string, secret: string): HmacSha256 {
    const cached = this.signingKey;
    if (cached?.scope === scope && cached.secret === secret) return cached.signer;
    const key = scope
      .split('/')
      .reduce((derived, part) => createHmac('sha256', derived).update(part).digest(), Buffer.from(`AWS4${secret}`));
    const signer = new HmacSha256(key);
    this.signingKey = { scope, secret, signer };
    return signer;
  }
}

/** Writes an object key as a URL path, slashes kept, as S3 wants it signed. */
export function encodeKey(key: string): string {
  return key.split('/').map(encode).join('/');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function singleSpaced(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}
