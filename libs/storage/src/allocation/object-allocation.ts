import { Injectable } from '@nestjs/common';
import { Configuration, type Connection } from '@tams/platform';
import { StorageBackends } from '../backends/storage-backends';
import type { FlowStorage, FlowStoragePost } from './flow-storage.schema';

/** What is to be allocated, for whom. */
export interface AllocationRequest {
  readonly flowId: string;
  /** `container` of the flow; without one nothing can be allocated (400). */
  readonly flowContainer: string | null | undefined;
  readonly request: FlowStoragePost;
  /** Where clients reach this server, without a trailing slash. */
  readonly baseUrl: string;
}

/** Allocates media objects for a flow (POST /flows/{flowId}/storage). */
@Injectable()
export class ObjectAllocation {
  constructor(
    private readonly backends: StorageBackends,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Allocates all objects of the request, or none.
   * @param connection a transaction; it must be rolled back when this rejects
   * @throws {BadRequestError} `flow-container-missing`, `unknown-storage-backend`, `no-default-storage-backend`, `object-ids-in-use`
   */
  allocate(_connection: Connection, _allocation: AllocationRequest): Promise<FlowStorage> {
    return Promise.reject(new Error(`Not implemented yet (${this.backends.all.length}, ${this.configuration.port}).`));
  }
}
