import { Injectable } from '@nestjs/common';
import type { FlowIdentity } from '@tams/flows';
import { ObjectRelease } from '@tams/objects';
import type { Connection } from '@tams/platform';
import type { TimeRange } from '@tams/timing';
import { coverOf } from '../cover';
import { SegmentEvents } from '../segment-events';
import { type DoomedSegments, SegmentRemovalRepository } from './segment-removal.repository';

/** What one batch deleted. */
export interface RemovedBatch {
  readonly count: number;
  /** `end_ns` of the last deleted segment: the position to go on from. */
  readonly position: bigint;
  /** How many segments the Flow has left. */
  readonly left: number;
}

/** Deletes segments of a locked Flow, and with them what depends on them: the Flow's own figures, and objects without use. */
@Injectable()
export class SegmentRemoval {
  constructor(
    private readonly segments: SegmentRemovalRepository,
    private readonly objects: ObjectRelease,
    private readonly events: SegmentEvents,
  ) {}

  /** How many segments match, counting no further than `most`. */
  count(connection: Connection, flowId: string, doomed: DoomedSegments, most: number): Promise<number> {
    return this.segments.count(connection, flowId, doomed, most);
  }

  /** Deletes the first `most` matching segments in one go. @returns `undefined` when there are none */
  async remove(
    connection: Connection,
    flow: FlowIdentity,
    doomed: DoomedSegments,
    most: number,
  ): Promise<RemovedBatch | undefined> {
    const removed = await this.segments.remove(connection, flow.id, doomed, most);
    const [first, last] = [removed[0], removed.at(-1)];
    if (!first || !last) return undefined;
    const left = await this.segments.updateFlow(connection, flow.id, removed, doomed.objectId === undefined);
    await this.objects.release(
      connection,
      removed.map((segment) => segment.object_id),
    );
    await this.events.deleted(connection, flow, coverOf([first.timerange, last.timerange]));
    return { count: removed.length, position: BigInt(last.end_ns), left };
  }

  /** From the first to the last matching segment; empty when there is none. */
  async cover(connection: Connection, flowId: string, doomed: DoomedSegments): Promise<TimeRange> {
    return coverOf(await this.segments.ends(connection, flowId, doomed));
  }
}
