import { type BucketAddress, encodeKey } from './s3-presigner';

/** What `plain_urls` may be: no URLs without a signature, the bucket's own address, or `s3://bucket/key`. */
export const plainUrlForms = ['none', 'http', 's3'] as const;

/**
 * Makes URLs without a signature, for clients that have credentials of their own (`presigned=false`, ADR 0054 of the
 * specification). An `s3` URI holds the key as it is, because the tools that read such URIs do not decode them.
 * @returns `undefined` for `none`
 */
export function plainUrls(
  form: (typeof plainUrlForms)[number],
  bucket: string,
  { url }: BucketAddress,
): ((objectId: string) => string) | undefined {
  if (form === 'none') return undefined;
  if (form === 's3') return (objectId) => `s3://${bucket}/${objectId}`;
  const origin = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
  return (objectId) => `${origin}/${encodeKey(objectId)}`;
}
