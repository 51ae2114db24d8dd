import { randomUUID } from 'node:crypto';
import { type S3OpenOptions, openS3Backend } from '../../libs/storage/src/s3/s3-backend-type';
import { s3Settings } from '../../libs/storage/src/s3/s3-settings';
import type { S3StorageBackend } from '../../libs/storage/src/s3/s3-storage-backend';

const environment = process.env;
const endpoint = environment['S3_TEST_ENDPOINT'];

/** A real S3 store with two empty buckets, as `npm run test:s3` starts one. */
export const gateway = {
  endpoint: endpoint ?? '',
  region: environment['S3_TEST_REGION'] ?? 'us-east-1',
  accessKeyId: environment['S3_TEST_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: environment['S3_TEST_SECRET_ACCESS_KEY'] ?? '',
  bucket: environment['S3_TEST_BUCKET'] ?? 'tams-test',
  secondBucket: environment['S3_TEST_SECOND_BUCKET'] ?? 'tams-test-second',
};

/** `describe`, skipped with the reason in its name where there is no store to test against. */
export function describeWithGateway(name: string, tests: () => void): void {
  if (endpoint) describe(name, tests);
  else describe.skip(`${name} (skipped: S3_TEST_ENDPOINT is not set; use npm run test:s3)`, tests);
}

/** What stores cannot do, by the name of the test they are excused from; docs/storage.md tells users the same. */
const excuses: Readonly<Record<string, readonly string[]>> = {
  seaweedfs: [
    'reach an object whose identifier has 1024 bytes without a slash',
    'may carry a SHA-256 that was not announced',
    'lists identifiers as they are, whatever their slashes',
  ],
};

/** A test that every store must pass, or be excused from by name; an excuse that is no longer needed fails. */
export function itOnStore(name: string, run: () => Promise<void>): void {
  const store = environment['S3_TEST_STORE'] ?? '';
  if (excuses[store]?.includes(name)) test.failing(`${name} (${store} is excused: it must fail)`, run);
  else test(name, run);
}

/** Opens a backend on the store, as the server does. @param changes settings other than the usual ones */
export function openGateway(
  changes: Readonly<Record<string, unknown>> = {},
  options: Partial<S3OpenOptions> = {},
): Promise<S3StorageBackend> {
  const settings = s3Settings.parse({
    bucket: gateway.bucket,
    endpoint: gateway.endpoint,
    region: gateway.region,
    access_key_id: gateway.accessKeyId,
    secret_access_key: gateway.secretAccessKey,
    ...changes,
  });
  return openS3Backend(settings, {
    details: {
      id: randomUUID(),
      label: 'gateway',
      store_type: 'http_object_store',
      provider: 'self-hosted',
      store_product: 'ceph',
    },
    presignedUrlSeconds: 600,
    ...options,
  });
}

/** An entry of STORAGE_BACKENDS_FILE. */
export interface BucketEntry extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly bucket: string;
}

/** An entry for a bucket of the store, under an id of its own. */
export function bucketEntry(label: string, name: string): BucketEntry {
  return {
    type: 's3',
    id: randomUUID(),
    label,
    bucket: name,
    endpoint: gateway.endpoint,
    region: gateway.region,
    access_key_id: gateway.accessKeyId,
    secret_access_key: gateway.secretAccessKey,
  };
}
