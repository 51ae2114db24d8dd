import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';
import { SourceService } from '@tams/sources';
import { FlowRepository, type LockedFlow } from './flow.repository';

/** The end of a Flow, and of its Source when that has no other. */
@Injectable()
export class FlowRemoval {
  constructor(
    private readonly flows: FlowRepository,
    private readonly sources: SourceService,
  ) {}

  /** Removes a locked Flow that has no segments any more; collections lose it, and its Source goes with its last Flow. */
  async remove(connection: Connection, flow: Pick<LockedFlow, 'id' | 'source_id'>): Promise<void> {
    await this.flows.remove(connection, flow.id);
    // The event flows/deleted belongs here, in the same transaction: it knows flow.id and flow.source_id.
    await this.sources.removeUnused(connection, flow.source_id);
  }
}
