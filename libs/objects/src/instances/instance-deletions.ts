import { Injectable } from '@nestjs/common';
import { type Connection, Database } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { type InstanceKey, ObjectInstanceRepository } from './instance.repository';

/** Frees the bytes of instances that were deleted. */
@Injectable()
export class InstanceDeletions {
  constructor(
    private readonly database: Database,
    private readonly instances: ObjectInstanceRepository,
    private readonly backends: StorageBackends,
  ) {}

  /**
   * Frees the bytes of an instance in the state `deleting`, then forgets it. Under the object's lock, so that no copy to
   * the same place begins in between. Can be repeated; rejects while the backend cannot be reached.
   */
  async finish({ objectId, storageId }: InstanceKey): Promise<void> {
    const free = async (connection: Connection): Promise<void> => {
      const object = await this.instances.find(connection, objectId, true);
      const instance = object?.instances.find((candidate) => candidate.storage_id === storageId);
      if (instance?.state !== 'deleting') return;
      const backend = this.backends.get(storageId);
      if (!backend) throw new Error(`Storage backend ${storageId} is not configured; the bytes of ${objectId} wait.`);
      await backend.delete(objectId);
      await this.instances.remove(connection, objectId, instance.id);
    };
    await this.database.transaction(free, { waitsOutside: true });
  }
}
