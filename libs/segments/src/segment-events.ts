import { Injectable } from '@nestjs/common';
import { FlowEvents, type FlowIdentity } from '@tams/flows';
import { type AddedSegment, type Connection, Outbox } from '@tams/platform';
import type { TimeRange } from '@tams/timing';
import type { Stretch } from './batch-timeline';
import { placementOf } from './segment-presentation';
import { SegmentRepository, type SegmentRow } from './segment.repository';

/** What others are told of segments; always in the transaction of the change itself, while the Flow's lock is held. */
@Injectable()
export class SegmentEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly segments: SegmentRepository,
    private readonly flows: FlowEvents,
  ) {}

  /**
   * One event for all that a request has added; call it when they are written.
   * @param baseUrl where clients reach this server: URLs of its own object store begin with it
   */
  added(connection: Connection, flow: FlowIdentity, segments: readonly Stretch[], baseUrl: string): Promise<void> {
    return this.outbox.append(connection, {
      type: 'flows/segments_added',
      flowId: flow.id,
      sourceId: flow.source_id,
      content: async () => {
        const rows = await this.segments.at(connection, flow.id, segments);
        return { flow_id: flow.id, segments: rows.map(addedSegmentOf) };
      },
      classes: () => this.flows.classes(connection, flow.id),
      collections: () => this.flows.collections(connection, flow),
      baseUrl,
    });
  }

  /**
   * Segments have been deleted.
   * @param timerange from the start of the first to the end of the last deleted segment, with their own clusivity
   */
  deleted(connection: Connection, flow: FlowIdentity, timerange: TimeRange): Promise<void> {
    return this.outbox.append(connection, {
      type: 'flows/segments_deleted',
      flowId: flow.id,
      sourceId: flow.source_id,
      content: () => ({ flow_id: flow.id, timerange: timerange.toString() }),
      classes: () => this.flows.classes(connection, flow.id),
      collections: () => this.flows.collections(connection, flow),
    });
  }
}

function addedSegmentOf(row: SegmentRow): AddedSegment {
  return {
    ...placementOf(row),
    ...(row.object_timerange !== null && { object_timerange: row.object_timerange }),
    ...(row.init_object_id !== null && { init_object: { object_id: row.init_object_id } }),
  };
}
