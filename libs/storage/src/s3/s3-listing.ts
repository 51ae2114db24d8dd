import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListedObject, ListedPage } from '../backends/storage-backend';
import type { S3Calls } from './s3-calls';

/** What is to be walked. */
export interface ListedBucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly calls: S3Calls;
  readonly limitMilliseconds: number;
}

/** Walks all objects of a bucket in the order of their keys, a page at a time. */
export async function* listObjects(bucket: ListedBucket): AsyncGenerator<ListedObject> {
  let ContinuationToken: string | undefined;
  do {
    const page = await listPage(bucket, { ContinuationToken });
    yield* page.objects;
    ContinuationToken = page.next;
  } while (ContinuationToken !== undefined);
}

/** Objects of a bucket whose keys come after a text, in their order, in one call. @param count most objects, up to 1,000 */
export async function listAfter(bucket: ListedBucket, text: string, count: number): Promise<ListedPage> {
  const { objects, next } = await listPage(bucket, { ...(text !== '' && { StartAfter: text }), MaxKeys: count });
  return { objects, isTruncated: next !== undefined };
}

async function listPage(
  { client, bucket, calls, limitMilliseconds }: ListedBucket,
  place: Pick<ListObjectsV2CommandInput, 'ContinuationToken' | 'StartAfter' | 'MaxKeys'>,
): Promise<{ readonly objects: ListedObject[]; readonly next: string | undefined }> {
  // Keys may hold characters that XML cannot: they travel URL-encoded.
  const command = new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', ...place });
  const page = await calls.run('ListObjectsV2', limitMilliseconds, (options) => client.send(command, options));
  const objects: ListedObject[] = [];
  for (const { Key, Size, LastModified } of page.Contents ?? []) {
    if (Key === undefined) continue;
    const objectId = page.EncodingType === 'url' ? decodeKey(Key) : Key;
    objects.push({ objectId, sizeBytes: Size ?? 0, modified: LastModified ?? new Date(0) });
  }
  return { objects, next: page.NextContinuationToken };
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
