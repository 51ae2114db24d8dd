import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';
import { SourceEvents, SourceWritingService } from '@tams/sources';
import { FlowCollectionRepository } from '../collections/flow-collection.repository';
import { FlowEvents, type FlowIdentity } from './flow-events';
import { FlowRepository } from '../flow.repository';

/** The end of a Flow, and of its Source when that has no other. */
@Injectable()
export class FlowRemoval {
  constructor(
    private readonly flows: FlowRepository,
    private readonly collections: FlowCollectionRepository,
    private readonly events: FlowEvents,
    private readonly sources: SourceWritingService,
    private readonly sourceEvents: SourceEvents,
  ) {}

  /** Removes a locked Flow that has no segments any more; collections lose it, and its Source goes with its last Flow. */
  async remove(connection: Connection, flow: FlowIdentity): Promise<void> {
    const losing = await this.collections.collecting(connection, flow.id);
    const collectedBy = await this.sourceEvents.collectedBy(connection, flow.source_id);
    const touched = await this.collections.sourcesAround(connection, flow.id);
    await this.events.deleted(connection, flow);
    await this.sourceEvents.whileCollectionsChange(connection, touched, async () => {
      await this.flows.remove(connection, flow.id);
      await this.sources.removeUnused(connection, flow.source_id, collectedBy);
    });
    for (const collection of losing) await this.events.updated(connection, collection);
  }
}
