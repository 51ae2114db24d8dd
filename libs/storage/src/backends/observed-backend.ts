import { expectStorageBackend, metrics, observeStorage } from '@tams/telemetry';
import type { StorageBackend } from './storage-backend';

/** What is no single call to a store. */
type Unmeasured = 'details' | 'requireStorable' | 'canCopyFrom' | 'list' | 'listsInOrder' | 'abandonUploads';

/**
 * A backend whose calls are measured and, inside a sampled trace, spans; and whose presigned URLs are counted. It stays
 * what it was otherwise, so that code that knows its kind still recognises it.
 */
export function observed<Backend extends StorageBackend>(backend: Backend): Backend {
  const { id } = backend.details;
  expectStorageBackend(id);
  const handedOut = {
    get: metrics.presignedUrls.series({ method: 'GET', storage_backend: id }),
    put: metrics.presignedUrls.series({ method: 'PUT', storage_backend: id }),
  };
  const measured: Omit<StorageBackend, Unmeasured> = {
    putRequest(options) {
      if (options.presigned) handedOut.put.add();
      return backend.putRequest(options);
    },
    getUrls(options) {
      const urls = backend.getUrls(options);
      for (const url of urls) if (url.presigned) handedOut.get.add();
      return urls;
    },
    stat: (...call) => observeStorage('stat', id, () => backend.stat(...call)),
    openRead: (...call) => observeStorage('read', id, () => backend.openRead(...call)),
    write: (...call) => observeStorage('write', id, () => backend.write(...call)),
    copyFrom: (...call) => observeStorage('copy', id, () => backend.copyFrom(...call)),
    delete: (...call) => observeStorage('delete', id, () => backend.delete(...call)),
    check: () =>
      observeStorage(
        'check',
        id,
        () => backend.check(),
        ({ available, problem }) => (available ? undefined : (problem ?? 'unavailable')),
      ),
  };
  return Object.assign(Object.create(backend) as Backend, measured);
}
