import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketAddress } from './s3-presigner';

/**
 * Where clients find a bucket, by the SDK's own rules (path or virtual-hosted style, AWS partitions, dotted names).
 * @param endpoint instead of the client's own, when clients reach the store under another name
 * @throws {Error} when the bucket cannot be signed for with plain Signature Version 4
 */
export async function bucketAddress(client: S3Client, bucket: string, endpoint?: string): Promise<BucketAddress> {
  const { config } = client;
  const own = config.isCustomEndpoint ? await config.endpoint?.() : undefined;
  const { url, properties } = config.endpointProvider({
    Bucket: bucket,
    Region: await config.region(),
    Endpoint: endpoint ?? (own && originOf(own)),
    ForcePathStyle: config.forcePathStyle === true,
    UseFIPS: await config.useFipsEndpoint(),
    UseDualStack: await config.useDualstackEndpoint(),
    Accelerate: false,
    UseGlobalEndpoint: false,
    DisableMultiRegionAccessPoints: true,
    DisableS3ExpressSessionAuth: true,
  });
  const [scheme] = (properties?.['authSchemes'] ?? []) as readonly {
    name?: string;
    signingName?: string;
    signingRegion?: string;
  }[];
  if (scheme?.name !== 'sigv4' || scheme.signingName !== 's3' || scheme.signingRegion === undefined) {
    throw new Error(
      `The bucket ${bucket} wants ${scheme?.name ?? 'no'} signatures; only general purpose buckets are supported.`,
    );
  }
  return { url, signingRegion: scheme.signingRegion };
}

function originOf({
  protocol,
  hostname,
  port,
  path,
}: {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
}): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
}
