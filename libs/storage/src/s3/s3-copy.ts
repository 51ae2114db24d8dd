import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { encodeKey } from './s3-presigner';

const GIBIBYTE = 1024 ** 3;
/** How objects are cut when the store copies them, in bytes. */
export interface CopySizes {
  /** Largest object copied in one call; S3 refuses more than 5 GiB. */
  readonly whole: number;
  /** Size of a part of larger ones; S3 wants at least 5 MiB, and at most 10,000 parts. */
  readonly part: number;
}

/** Sizes that keep each call short: the store copies a part in some seconds. */
export const usualCopySizes: CopySizes = { whole: GIBIBYTE, part: GIBIBYTE / 2 };

/** An object to be copied, exactly as it was when it was looked at. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly etag: string | undefined;
}

/** Where a copy goes. */
export interface CopyTarget {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Has the store copy an object, without moving its bytes through this server. The copy appears whole or not at all, and
 * the call fails when the source changes meanwhile.
 */
export async function copyObject(
  client: S3Client,
  source: CopySource,
  target: CopyTarget,
  sizes: CopySizes,
): Promise<void> {
  if (source.sizeBytes > sizes.whole) {
    await copyInParts(client, source, target, sizes.part);
    return;
  }
  await client.send(
    new CopyObjectCommand({
      Bucket: target.bucket,
      Key: target.key,
      MetadataDirective: 'COPY',
      ...conditionOf(source),
    }),
  );
}

async function copyInParts(client: S3Client, source: CopySource, target: CopyTarget, partSize: number): Promise<void> {
  const place = { Bucket: target.bucket, Key: target.key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...place, ContentType: source.contentType }),
  );
  try {
    const Parts: CompletedPart[] = [];
    for (let start = 0; start < source.sizeBytes; start += partSize) {
      const end = Math.min(start + partSize, source.sizeBytes) - 1;
      const PartNumber = Parts.length + 1;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...place,
          UploadId,
          PartNumber,
          CopySourceRange: `bytes=${start}-${end}`,
          ...conditionOf(source),
        }),
      );
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    // What this leaves behind when it fails too is freed later, as an abandoned upload.
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
    throw error;
  }
}

function conditionOf({ bucket, key, etag }: CopySource): { CopySource: string; CopySourceIfMatch?: string } {
  return { CopySource: `${bucket}/${encodeKey(key)}`, ...(etag === undefined ? {} : { CopySourceIfMatch: etag }) };
}
