import type { Readable } from 'node:stream';
import { expectStorageBackend, metrics, observeStorage, type StorageOperation } from '@tams/telemetry';
import type {
  BackendHealth,
  BackendUrl,
  ByteRange,
  GetUrlOptions,
  ListedObject,
  PutRequest,
  PutRequestOptions,
  StorageBackend,
  StorageBackendDetails,
  StoredObject,
} from './storage-backend';

/** A backend whose calls are measured and, inside a sampled trace, spans; and whose presigned URLs are counted. */
export class ObservedBackend implements StorageBackend {
  readonly details: StorageBackendDetails;
  readonly listsInOrder: boolean;
  readonly urlsNameMedia: boolean;
  private readonly handedOut;

  /** @param backend what does the work */
  constructor(readonly backend: StorageBackend) {
    this.details = backend.details;
    this.listsInOrder = backend.listsInOrder;
    this.urlsNameMedia = backend.urlsNameMedia;
    const { id } = backend.details;
    expectStorageBackend(id);
    this.handedOut = {
      get: metrics.presignedUrls.series({ method: 'GET', storage_backend: id }),
      put: metrics.presignedUrls.series({ method: 'PUT', storage_backend: id }),
    };
  }

  putRequest(options: PutRequestOptions): PutRequest {
    if (options.presigned) this.handedOut.put.add();
    return this.backend.putRequest(options);
  }

  getUrls(options: GetUrlOptions): readonly BackendUrl[] {
    const urls = this.backend.getUrls(options);
    for (const url of urls) if (url.presigned) this.handedOut.get.add();
    return urls;
  }

  stat(objectId: string): Promise<StoredObject | undefined> {
    return this.observe('stat', () => this.backend.stat(objectId));
  }

  openRead(objectId: string, range?: ByteRange): Promise<Readable> {
    return this.observe('read', () => this.backend.openRead(objectId, range));
  }

  write(objectId: string, content: Readable, contentType: string): Promise<StoredObject> {
    return this.observe('write', () => this.backend.write(objectId, content, contentType));
  }

  requireStorable(objectId: string): void {
    this.backend.requireStorable(objectId);
  }

  canCopyFrom(source: StorageBackend): boolean {
    return this.backend.canCopyFrom(unobserved(source));
  }

  copyFrom(source: StorageBackend, objectId: string): Promise<StoredObject> {
    return this.observe('copy', () => this.backend.copyFrom(unobserved(source), objectId));
  }

  delete(objectId: string): Promise<void> {
    return this.observe('delete', () => this.backend.delete(objectId));
  }

  list(): AsyncGenerator<ListedObject> {
    return this.backend.list();
  }

  get listAfter(): StorageBackend['listAfter'] {
    const { backend } = this;
    const { listAfter } = backend;
    return listAfter && ((text, count) => this.observe('stat', () => listAfter.call(backend, text, count)));
  }

  abandonUploads(before: Date): Promise<number> {
    return this.backend.abandonUploads(before);
  }

  check(): Promise<BackendHealth> {
    return observeStorage(
      'check',
      this.details.id,
      () => this.backend.check(),
      ({ available, problem }) => (available ? undefined : (problem ?? 'unavailable')),
    );
  }

  private observe<Result>(operation: StorageOperation, run: () => Promise<Result>): Promise<Result> {
    return observeStorage(operation, this.details.id, run);
  }
}

/** The backend itself, for code that must know its kind. */
export function unobserved(backend: StorageBackend): StorageBackend {
  return backend instanceof ObservedBackend ? backend.backend : backend;
}
