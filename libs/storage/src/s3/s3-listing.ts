import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListedObject, ListedPage } from '../backends/storage-backend';
import { S3UnavailableError } from './s3.errors';
import type { S3Calls } from './s3-calls';

/** What is to be walked. */
export interface ListedBucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly calls: S3Calls;
  readonly limitMilliseconds: number;
}

/**
 * Walks all objects of a bucket in the order of their keys, a page at a time.
 * @throws {S3UnavailableError} also for a store that says that there is more and does not go on
 */
export async function* listObjects(bucket: ListedBucket): AsyncGenerator<ListedObject> {
  for (let place: Place | undefined = {}; place !== undefined;) {
    const page: Page = await listPage(bucket, place);
    yield* page.objects;
    if (page.isTruncated && page.next === undefined)
      throw new S3UnavailableError(
        `${bucket.bucket}: the listing ends although the store says that there is more`,
        undefined,
      );
    place = page.isTruncated ? page.next : undefined;
  }
}

/** Objects of a bucket whose keys come after a text, in their order, in one call. @param count most objects, up to 1,000 */
export async function listAfter(bucket: ListedBucket, text: string, count: number): Promise<ListedPage> {
  return listPage(bucket, { ...(text !== '' && { StartAfter: text }), MaxKeys: count });
}

type Place = Pick<ListObjectsV2CommandInput, 'ContinuationToken' | 'StartAfter' | 'MaxKeys'>;

interface Page extends ListedPage {
  /** Where the next page begins, if the store says so. */
  readonly next: Place | undefined;
}

async function listPage({ client, bucket, calls, limitMilliseconds }: ListedBucket, place: Place): Promise<Page> {
  // Keys may hold characters that XML cannot: they travel URL-encoded.
  const command = new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', ...place });
  const page = await calls.run('ListObjectsV2', limitMilliseconds, (options) => client.send(command, options));
  const objects: ListedObject[] = [];
  for (const { Key, Size, LastModified } of page.Contents ?? []) {
    if (Key === undefined || Size === undefined) continue;
    const objectId = page.EncodingType === 'url' ? decodeKey(Key) : Key;
    objects.push({ objectId, sizeBytes: Size, modified: LastModified ?? new Date(0) });
  }
  // Some stores write an empty token on the last page, and others none although there is more.
  const token = page.NextContinuationToken === '' ? undefined : page.NextContinuationToken;
  const last = objects.at(-1)?.objectId;
  const goesOn = last !== undefined && last !== place.StartAfter;
  const next = token !== undefined ? { ContinuationToken: token } : goesOn ? { StartAfter: last } : undefined;
  return { objects, isTruncated: page.IsTruncated ?? token !== undefined, next };
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
