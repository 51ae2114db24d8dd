import { BucketStorage } from './bucket-storage';
import { FileStorage } from './file-storage';

/**
 * Where the server of a test file keeps media, and a look past the server at what lies there. The same tests run on files
 * (`npm test`) and on a bucket of a real S3 store (`npm run test:s3`, which sets TEST_STORAGE).
 */
export interface TestStorage {
  readonly kind: 'filesystem' | 's3';
  /** Where clients reach media; absent when that is the server itself. */
  readonly mediaOrigin: string | undefined;
  /** Variables that make it the only storage backend of a server; also of several at once. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same as an entry of STORAGE_BACKENDS_FILE, without id and label. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the bytes of an object lie there. */
  has(objectId: string): Promise<boolean>;
  /** How many objects have bytes there. */
  count(): Promise<number>;
  /** How many uploads have begun to arrive and are not whole yet; S3 tells of those in parts only. */
  unfinished(): Promise<number>;
  /** Keeps servers, not clients of S3, from what lies there, as a failing disk or a cut line would. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Removes it with all that lies there; when no server uses it any more. */
  remove(): Promise<void>;
}

/** What {@link openTestStorage} gives in this run. */
export const storageKind: TestStorage['kind'] = process.env['TEST_STORAGE'] === 's3' ? 's3' : 'filesystem';

/** Makes an empty storage, for one test file or one test. */
export function openTestStorage(): Promise<TestStorage> {
  return storageKind === 's3' ? BucketStorage.open() : FileStorage.open();
}
