import { Injectable } from '@nestjs/common';
import { type FlowStorage, type FlowStoragePost, ObjectAllocation } from '@tams/objects';
import { Database } from '@tams/platform';
import { metrics, TraceOperation } from '@tams/telemetry';
import { FlowLock } from './flow-lock';

/** Places for new media objects of a Flow (POST /flows/{flowId}/storage). */
@Injectable()
export class FlowStorageService {
  constructor(
    private readonly database: Database,
    private readonly lock: FlowLock,
    private readonly objects: ObjectAllocation,
  ) {}

  /** @throws {FlowNotFoundError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError} {@link FlowWithoutContainerError} */
  @TraceOperation('flow.allocate')
  async allocate(flowId: string, request: FlowStoragePost, baseUrl: string): Promise<FlowStorage> {
    const storage = await this.database.transaction(async (connection) => {
      const flow = await this.lock.writableMedia(connection, flowId);
      return this.objects.allocate(connection, { flowId, flowContainer: flow.container, request, baseUrl });
    });
    metrics.objects.series({ stage: 'allocated' }).add(storage.media_objects.length);
    return storage;
  }
}
