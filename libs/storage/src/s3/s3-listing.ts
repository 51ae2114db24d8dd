import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListedObject } from '../backends/storage-backend';
import type { S3Calls } from './s3-calls';

/** What is to be walked. */
export interface ListedBucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly calls: S3Calls;
  readonly limitMilliseconds: number;
}

/** Walks all objects of a bucket in the order of their keys, a page at a time. */
export async function* listObjects({
  client,
  bucket,
  calls,
  limitMilliseconds,
}: ListedBucket): AsyncGenerator<ListedObject> {
  let ContinuationToken: string | undefined;
  do {
    // Keys may hold characters that XML cannot: they travel URL-encoded.
    const command = new ListObjectsV2Command({ Bucket: bucket, ContinuationToken, EncodingType: 'url' });
    const page = await calls.run('ListObjectsV2', limitMilliseconds, (options) => client.send(command, options));
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined) continue;
      const objectId = page.EncodingType === 'url' ? decodeKey(Key) : Key;
      yield { objectId, sizeBytes: Size ?? 0, modified: LastModified ?? new Date(0) };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/**
 * Frees the parts of uploads that were begun before a moment and never completed, as a killed server leaves them.
 * @returns how many uploads there were
 */
export async function abandonUploads(
  { client, bucket, calls, limitMilliseconds }: ListedBucket,
  before: Date,
): Promise<number> {
  let abandoned = 0;
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    // Not URL-encoded: RADOS Gateway does so without saying that it did.
    const command = new ListMultipartUploadsCommand({ Bucket: bucket, KeyMarker, UploadIdMarker });
    const page = await calls.run('ListMultipartUploads', limitMilliseconds, (options) => client.send(command, options));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || Initiated === undefined || Initiated >= before) continue;
      const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
      const freed = await calls.runIfPresent('AbortMultipartUpload', limitMilliseconds, (options) =>
        client.send(abort, options),
      );
      if (freed) abandoned += 1;
    }
    KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
    UploadIdMarker = page.IsTruncated ? page.NextUploadIdMarker : undefined;
  } while (KeyMarker !== undefined);
  return abandoned;
}

/** Reads a key from a listing with `encoding-type=url`, where a blank is a plus sign. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
