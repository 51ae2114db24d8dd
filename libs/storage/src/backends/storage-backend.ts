import type { Readable } from 'node:stream';
import type { Tags } from '@tams/model';
import type { UploadChecksum } from './upload-checksum';

/** What GET /service/storage-backends says about a backend (schemas/storage-backends-list.json). */
export interface StorageBackendDetails {
  readonly id: string;
  readonly label?: string;
  readonly store_type: 'http_object_store';
  readonly provider: string;
  readonly region?: string;
  readonly availability_zone?: string;
  readonly store_product: string;
  readonly tags?: Tags;
  readonly default_storage?: boolean;
}

/** The request a client makes to upload an object (schemas/http-request.json). */
export interface PutRequest {
  readonly url: string;
  readonly 'content-type': string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an upload URL is asked for. */
export interface PutRequestOptions {
  readonly objectId: string;
  readonly contentType: string;
  /** Whether the URL carries its own permission, or is an ordinary request with the client's credentials. */
  readonly presigned: boolean;
  /** Where clients reach this server, without a trailing slash. */
  readonly baseUrl: string;
  /** How long a presigned URL must stay valid at least. */
  readonly expiresInSeconds: number;
  /** What the bytes must have: sent along as a header, and part of the signature of a presigned URL. */
  readonly checksum?: UploadChecksum | undefined;
}

/** What download URLs are asked for. */
export interface GetUrlOptions {
  readonly objectId: string;
  /** Where clients reach this server, without a trailing slash. */
  readonly baseUrl: string;
  /** Only presigned URLs, or only plain ones; absent for both. What is not asked for is not signed. */
  readonly presigned?: boolean | undefined;
  /** What is to be said as `Content-Disposition`, by stores that read it in the URL. */
  readonly contentDisposition?: string | undefined;
}

/** One URL an object can be read from. */
export interface BackendUrl {
  readonly url: string;
  readonly presigned: boolean;
}

/** Part of an object, in bytes; both ends are included, as in an HTTP Range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An object as its backend holds it. */
export interface StoredObject {
  readonly sizeBytes: number;
  readonly contentType: string;
  /** Of the bytes, hexadecimal; where the backend knows it without reading them. */
  readonly sha256?: string;
}

/** An object found in a backend. */
export interface ListedObject {
  readonly objectId: string;
  readonly sizeBytes: number;
  /** When it was last written; as exact as the store is (S3: seconds). */
  readonly modified: Date;
}

/** What one call of a listing tells. */
export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** Whether more may come behind them: a store may end a page before it is full. */
  readonly isTruncated: boolean;
}

/** Whether a backend works just now. */
export interface BackendHealth {
  readonly available: boolean;
  readonly latencyMilliseconds: number;
  /** Why it is not available, for operators. */
  readonly problem?: string;
  /** Room in the store, in bytes; of stores that end somewhere. */
  readonly space?: { readonly freeBytes: number; readonly totalBytes: number };
}

/**
 * The seam between the store and where media lies: one implementation for each kind of object store. URLs are made
 * locally and synchronously, thousands for one request; everything else is time-limited I/O that fails with an
 * `UnavailableError` when the backend does not answer.
 */
export interface StorageBackend {
  readonly details: StorageBackendDetails;
  /** Whether what {@link getUrls} is told as `contentDisposition` becomes part of its URLs. */
  readonly urlsNameMedia: boolean;
  /** The upload request of one object. */
  putRequest(options: PutRequestOptions): PutRequest;
  /** The download URLs of one object, preferred first. */
  getUrls(options: GetUrlOptions): readonly BackendUrl[];
  /** What is stored under this identifier; `undefined` when nothing is (yet). */
  stat(objectId: string): Promise<StoredObject | undefined>;
  /**
   * The bytes of an object, or a range of them.
   * @throws {NotFoundError} `object-not-stored`
   */
  openRead(objectId: string, range?: ByteRange): Promise<Readable>;
  /** Stores an object whole or not at all, replacing what was there. */
  write(objectId: string, content: Readable, contentType: string): Promise<StoredObject>;
  /**
   * Refuses identifiers under which it cannot keep an object.
   * @throws {BadRequestError} `object-id-not-storable`
   */
  requireStorable(objectId: string): void;
  /** Whether the store can copy from that backend by itself, without moving bytes through this server. */
  canCopyFrom(source: StorageBackend): boolean;
  /**
   * Has the store copy an object from a backend that {@link canCopyFrom} admits, whole or not at all.
   * @throws {NotFoundError} `object-not-stored`
   */
  copyFrom(source: StorageBackend, objectId: string): Promise<StoredObject>;
  /** Frees the bytes; succeeds when there are none. */
  delete(objectId: string): Promise<void>;
  /** Walks everything the backend holds, in constant memory. What changes meanwhile may or may not be seen. */
  list(): AsyncGenerator<ListedObject>;
  /**
   * Objects whose identifiers come after a text in the order of their bytes in UTF-8, with one call; absent where a backend cannot
   * say that so cheaply.
   * @param count most objects, up to 1,000
   */
  readonly listAfter?: ((text: string, count: number) => Promise<ListedPage>) | undefined;
  /** Whether {@link list} is in order of the identifiers' bytes in UTF-8. */
  readonly listsInOrder: boolean;
  /** Frees what uploads left that were begun before a moment and never completed. @returns how many there were */
  abandonUploads(before: Date): Promise<number>;
  /** Tries the backend; never rejects. */
  check(): Promise<BackendHealth>;
}
