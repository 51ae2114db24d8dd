import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  NotFound,
  PutBucketCorsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { neededCors } from '../../libs/storage/src/s3/s3-start-check';
import { gateway } from '../s3/gateway';
import { BreakableLink } from './breakable-link';
import type { TestStorage } from './test-storage';

/** Media in a bucket of its own on the store that `npm run test:s3` runs, with the CORS rule browsers need. */
export class BucketStorage implements TestStorage {
  readonly kind = 's3';
  readonly mediaOrigin = gateway.endpoint;
  private readonly bucket = `tams-test-${randomUUID()}`;
  private readonly client = new S3Client({
    endpoint: gateway.endpoint,
    region: gateway.region,
    forcePathStyle: true,
    credentials: { accessKeyId: gateway.accessKeyId, secretAccessKey: gateway.secretAccessKey },
  });

  private constructor(
    private readonly directory: string,
    /** By which servers reach the store; clients go there straight. */
    private readonly link: BreakableLink,
  ) {}

  static async open(): Promise<BucketStorage> {
    const directory = await mkdtemp(join(tmpdir(), 'tams-storage-'));
    const storage = new BucketStorage(directory, await BreakableLink.to(gateway.endpoint));
    const Bucket = storage.bucket;
    await storage.client.send(new CreateBucketCommand({ Bucket }));
    await storage.client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: neededCors }));
    return storage;
  }

  get environment(): Record<string, string> {
    return {
      DATA_DIR: this.directory,
      S3_BUCKET: this.bucket,
      S3_ENDPOINT: this.link.url,
      S3_PUBLIC_ENDPOINT: gateway.endpoint,
      S3_REGION: gateway.region,
      S3_ACCESS_KEY_ID: gateway.accessKeyId,
      S3_SECRET_ACCESS_KEY: gateway.secretAccessKey,
    };
  }

  get settings(): Record<string, unknown> {
    return {
      type: 's3',
      bucket: this.bucket,
      endpoint: this.link.url,
      public_endpoint: gateway.endpoint,
      region: gateway.region,
      access_key_id: gateway.accessKeyId,
      secret_access_key: gateway.secretAccessKey,
    };
  }

  async has(objectId: string): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: objectId }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  async count(): Promise<number> {
    return (await this.keys()).length;
  }

  async unfinished(): Promise<number> {
    return (await this.uploads()).length;
  }

  cut(): Promise<void> {
    this.link.cut();
    return Promise.resolve();
  }

  mend(): Promise<void> {
    this.link.mend();
    return Promise.resolve();
  }

  async remove(): Promise<void> {
    const Bucket = this.bucket;
    for (const Key of await this.keys()) await this.client.send(new DeleteObjectCommand({ Bucket, Key }));
    for (const { Key, UploadId } of await this.uploads()) {
      await this.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
    await this.client.send(new DeleteBucketCommand({ Bucket }));
    this.client.destroy();
    await this.link.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async keys(): Promise<string[]> {
    const keys: string[] = [];
    for (let StartAfter: string | undefined; ; StartAfter = keys.at(-1)) {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: this.bucket, ...(StartAfter !== undefined && { StartAfter }) }),
      );
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      if (!page.IsTruncated) return keys;
    }
  }

  private async uploads() {
    return (await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket }))).Uploads ?? [];
  }
}
