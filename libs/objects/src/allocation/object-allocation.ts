import { Injectable } from '@nestjs/common';
import { Configuration, type Connection } from '@tams/platform';
import { BackendAccess, type StorageBackend } from '@tams/storage';
import { insertAllocatedObjects } from './allocation.repository';
import { NoDefaultStorageBackendError, ObjectIdsInUseError, UnknownStorageBackendError } from './allocation.errors';
import { extensionOf } from '../media/file-name';
import type { FlowStorage, FlowStoragePost } from './flow-storage.schema';
import { timeOrderedId } from './time-ordered-id';

/** What is to be allocated, for whom. */
export interface AllocationRequest {
  readonly flowId: string;
  /** `container` of the flow: the content type, unless the request says it. */
  readonly flowContainer: string;
  readonly request: FlowStoragePost;
  /** Where clients reach this server, without a trailing slash. */
  readonly baseUrl: string;
}

/** Allocates media objects for a flow (POST /flows/{flowId}/storage). */
@Injectable()
export class ObjectAllocation {
  constructor(
    private readonly backends: BackendAccess,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Allocates all objects of the request, or none.
   * @param connection a transaction; it must be rolled back when this rejects
   * @throws {BadRequestError} `unknown-storage-backend`, `no-default-storage-backend`, `object-ids-in-use`
   */
  async allocate(connection: Connection, allocation: AllocationRequest): Promise<FlowStorage> {
    const { flowId, flowContainer, request, baseUrl } = allocation;
    const backend = this.backendFor(request.storage_id);
    const contentType = request.content_type ?? flowContainer;
    // Players that judge a file by its name find the end that they know.
    const extension = extensionOf(contentType);
    const objectIds = request.object_ids ?? Array.from({ length: request.limit }, () => timeOrderedId() + extension);
    const allocated = await insertAllocatedObjects(connection, {
      objectIds,
      flowId,
      contentType,
      storageId: backend.details.id,
    });
    if (allocated.size < objectIds.length) throw new ObjectIdsInUseError(objectIds, allocated);
    const { presigned, checksums } = request;
    const expiresInSeconds = this.configuration.presignedUrlTimeoutSeconds;
    const common = { contentType, presigned, baseUrl, expiresInSeconds };
    return {
      media_objects: objectIds.map((objectId, index) => ({
        object_id: objectId,
        put_url: backend.putRequest({ ...common, objectId, checksum: checksums?.[index] }),
        presigned,
      })),
    };
  }

  private backendFor(storageId: string | undefined): StorageBackend {
    const backend = storageId === undefined ? this.backends.default('write') : this.backends.get(storageId, 'write');
    if (backend) return backend;
    throw storageId === undefined ? new NoDefaultStorageBackendError() : new UnknownStorageBackendError();
  }
}
