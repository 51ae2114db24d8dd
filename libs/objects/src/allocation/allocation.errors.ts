import { BadRequestError } from '@tams/platform';

/** Most identifiers one answer names. */
const MAXIMUM_NAMED = 50;

/** `storage_id` names no backend of this server (400). */
export class UnknownStorageBackendError extends BadRequestError {
  constructor() {
    const message = 'is not a storage backend of this server; GET /service/storage-backends lists them';
    super('unknown-storage-backend', `storage_id ${message}.`, { errors: [{ path: 'body.storage_id', message }] });
  }
}

/** The request names no backend and the server has no default one (400). */
export class NoDefaultStorageBackendError extends BadRequestError {
  constructor() {
    const message =
      'is needed, because this server has no default storage backend; GET /service/storage-backends lists what there is';
    super('no-default-storage-backend', `storage_id ${message}.`, { errors: [{ path: 'body.storage_id', message }] });
  }
}

/** Some of the identifiers belong to existing objects (400); nothing was allocated. */
export class ObjectIdsInUseError extends BadRequestError {
  /** @param free those of `requested` that were not in use */
  constructor(requested: readonly string[], free: ReadonlySet<string>) {
    const used = requested.flatMap((id, index) => (free.has(id) ? [] : [{ id, index }]));
    const named = used.slice(0, MAXIMUM_NAMED);
    super(
      'object-ids-in-use',
      `${used.length} of the object_ids are already in use and nothing was allocated: ${named
        .map(({ id }) => id)
        .join(', ')
        .slice(0, 2000)}`,
      { errors: named.map(({ index }) => ({ path: `body.object_ids.${index}`, message: 'is already in use' })) },
    );
  }
}
