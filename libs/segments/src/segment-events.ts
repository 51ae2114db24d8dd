import { Injectable } from '@nestjs/common';
import { FlowEvents, type FlowIdentity } from '@tams/flows';
import type { MediaContent } from '@tams/objects';
import { type AddedSegment, Outbox } from '@tams/outbox';
import type { Connection } from '@tams/platform';
import type { TimeRange } from '@tams/timing';
import type { NewSegment } from './segment.repository';

/** A segment as it was registered, and what its object holds. */
export interface RegisteredSegment extends NewSegment {
  readonly object: MediaContent;
}

/** What others are told of segments; always in the transaction of the change itself, while the Flow's lock is held. */
@Injectable()
export class SegmentEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly flows: FlowEvents,
  ) {}

  /**
   * One event for all that a request has added.
   * @param segments in time order
   * @param baseUrl where clients reach this server: URLs of its own object store begin with it
   */
  added(
    connection: Connection,
    flow: FlowIdentity,
    segments: readonly RegisteredSegment[],
    baseUrl: string,
  ): Promise<void> {
    return this.outbox.append(connection, {
      type: 'flows/segments_added',
      flowId: flow.id,
      sourceId: flow.source_id,
      content: () => ({ flow_id: flow.id, segments: segments.map(addedSegmentOf) }),
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

function addedSegmentOf(segment: RegisteredSegment): AddedSegment {
  const { timerange, keyFrameCount, initObjectId } = segment.object;
  return {
    object_id: segment.objectId,
    timerange: segment.timerange,
    ts_offset: segment.tsOffset,
    last_duration: segment.lastDuration,
    sample_offset: segment.sampleOffset,
    sample_count: segment.sampleCount,
    key_frame_count: keyFrameCount,
    object_timerange: timerange,
    init_object: initObjectId === undefined ? undefined : { object_id: initObjectId },
  };
}
