import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';
import { CollectionRepository } from './collection.repository';

/** What happens to objects when segments that used them are deleted. */
@Injectable()
export class ObjectRelease {
  constructor(private readonly collection: CollectionRepository) {}

  /**
   * Hands objects that no segment uses any more to the collector, in the transaction that deleted the segments. The lock
   * of their Flow is held already. Objects are locked before they are judged: of two transactions that delete the last
   * two references of an object, the second sees what the first did.
   */
  async release(connection: Connection, objectIds: readonly string[]): Promise<void> {
    const ids = [...new Set(objectIds)];
    if (ids.length === 0) return;
    await this.collection.lock(connection, ids);
    await this.collection.markUnreferencedMedia(connection, ids);
  }
}
